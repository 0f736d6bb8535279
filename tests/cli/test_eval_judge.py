"""``dateline eval judge`` as people and pipelines run it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

DOCUMENT = "The storm killed 400 birds on the coast. Officials closed the harbour. Ships waited outside for two days."
ROWS = [
    {"doc": DOCUMENT, "claim": "The storm killed 400 birds on the coast.", "label": 1},
    {"doc": DOCUMENT, "claim": "Officials closed the harbour. Ships waited outside for two days.", "label": 1},
    {"doc": DOCUMENT, "claim": "The storm killed 900 fishermen in Portugal last winter.", "label": 0},
    {"doc": DOCUMENT, "claim": "Officials closed the harbour. A ferry sank with all hands near Lisbon.", "label": 0},
]


def write(path: Path, rows: list[Any]) -> Path:
    text = "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def test_each_file_is_reported_by_its_stem(run: Run, tmp_path: Path) -> None:
    plain, packed = write(tmp_path / "plain.jsonl", ROWS), write(tmp_path / "packed.jsonl.gz", ROWS)
    found = run("eval", "judge", plain, packed, "--verifier", "builtin", "--json")
    assert found.code == 0
    assert list(found.json["datasets"]) == ["plain", "packed"]
    for figures in found.json["datasets"].values():
        assert figures["balanced_accuracy"]["value"] == figures["auroc"]["value"] == 1.0
        assert figures["balanced_accuracy"]["n"] == len(ROWS)
        assert 0 <= figures["ece"]["value"] <= 1
        assert set(figures) == {
            "balanced_accuracy", "kappa", "auroc", "ece", "verdict_sensitivity", "verdict_specificity",
        }  # fmt: skip
    assert found.json["unscored"] == {"plain": 0, "packed": 0}


def test_people_read_a_line_per_figure(run: Run, tmp_path: Path) -> None:
    found = run("eval", "judge", write(tmp_path / "mine.jsonl", ROWS))
    assert "mine" in found.out
    assert "balanced accuracy  1.000 [" in found.out
    assert "(n 4)" in found.out


def test_one_class_alone_has_no_balanced_accuracy(run: Run, tmp_path: Path) -> None:
    found = run("eval", "judge", write(tmp_path / "mine.jsonl", ROWS[:2]), "--json")
    assert found.json["datasets"]["mine"]["balanced_accuracy"] == {"value": None, "low": None, "high": None, "n": 2}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{\n", "line 2: not a JSON object"),
        ("[]\n", "line 2: not a JSON object"),
        ({"doc": DOCUMENT, "claim": "It rained.", "label": "maybe"}, "line 2: field label"),
        ({"doc": DOCUMENT, "label": 1}, "line 2: field claim"),
        ({"doc": "", "claim": "It rained.", "label": 1}, "line 2: field doc"),
    ],
)
def test_a_bad_line_is_named(run: Run, tmp_path: Path, row: Any, complaint: str) -> None:
    found = run("eval", "judge", write(tmp_path / "mine.jsonl", [ROWS[0], row]))
    assert found.code == 2
    assert complaint in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x00broken", b"\xff\xfe\x00"])
def test_a_file_that_is_no_set_of_judgements_is_one_line(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(content)
    found = run("eval", "judge", path)
    assert (found.code, found.err.count("\n")) == (2, 1)
    assert run("eval", "judge", tmp_path / "none.jsonl").code == 2


def test_a_line_separator_inside_a_text_ends_no_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    row = {**ROWS[0], "doc": DOCUMENT + "\u2028More of it.\x85And more."}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\r\n" + json.dumps(ROWS[2]) + "\n", encoding="utf-8")
    assert run("eval", "judge", path, "--json").json["datasets"]["mine"]["auroc"]["n"] == 2
