"""The training command on a few judgements: it splits by document and writes what the verifier reads."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.training import verifier as training
from eval.training.examples import EDITS, edited, examples, read_sentences
from eval.training.fitting import FOLDS, cross_fit
from rag.check.builtin import LogisticModel
from rag.check.words import vocabulary

TOWNS = vocabulary("Tallinn Bergen Lisbon Cork Riga Malmo Vigo Gdansk Turku Brest Kiel Oban Ghent Split Varna Bari")


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("judged")
    for name in ("ragtruth_summary", "ragtruth_qa"):
        rows = []
        for n, town in enumerate(TOWNS):
            doc = (
                f"The storm {name} hit {town} on Monday and killed {n + 12} people, the mayor said. Officials closed"
                f" the harbour of {town} for {n + 30} days. Fishermen demanded help from the government in the capital."
            )
            right = f"The storm killed {n + 12} people in {town}. Officials closed the harbour for {n + 30} days."
            wrong = f"The storm spared {town}. Tourists enjoyed concerts near the lighthouse all summer."
            rows.append({"id": f"{name}-{n}-r", "doc": doc, "claim": right, "label": 1})
            rows.append({"id": f"{name}-{n}-w", "doc": doc, "claim": wrong, "label": 0})
        write(place / f"{name}.jsonl.gz", rows)
    labelled = [
        {"response_id": f"{name}-{n}-{kind}", "sentence": sentence, "label": int(kind == "r")}
        for name in ("ragtruth_summary", "ragtruth_qa")
        for n, town in enumerate(TOWNS)
        for kind, sentence in (
            ("r", f"The storm killed {n + 12} people in {town}."),
            ("r", f"Officials closed the harbour of {town} for {n + 30} days."),
            ("w", f"The storm spared {town} and its harbour."),
            ("w", "Tourists enjoyed concerts near the lighthouse all summer."),
        )
    ]
    write(place / "ragtruth_sentences.jsonl.gz", labelled)
    return place


def test_edits_come_with_their_originals(folder: Path) -> None:
    found = edited(read_sentences(folder))
    assert {row.dataset for row in found} == {EDITS}
    assert [row.label for row in found] == [False, True] * (len(found) // 2)
    assert all(wrong.sentence != right.sentence for wrong, right in zip(found[::2], found[1::2], strict=True))


def test_no_sentence_is_scored_by_a_model_that_saw_its_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = examples(read_sentences(folder))
    seen: list[set[str]] = []
    scored: list[set[str]] = []

    def fit(some: list[Any], importance: object) -> LogisticModel:
        seen.append({e.document for e in some})
        return LogisticModel((), (), (), (), 0.0, 1.0, 0.0)

    def score(model: LogisticModel, some: list[Any]) -> Any:
        scored.append({e.document for e in some})
        return type("F", (), {"whole": [0.0] * len(some), "cited": [0.0] * len(some)})()

    monkeypatch.setattr("eval.training.fitting.fit_sentences", fit)
    monkeypatch.setattr("eval.training.fitting.log_odds", score)
    cross_fit(known)
    assert len(seen) == FOLDS
    assert all(not a & b for a, b in zip(seen, scored, strict=True))


def test_the_command_writes_a_model(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "MODEL", tmp_path / "builtin.json")
    monkeypatch.setattr(sys, "argv", ["verifier", str(folder), "--write"])
    assert training.main() == 0
    assert "sentences, cross-validated" in capsys.readouterr().out
    content = json.loads((tmp_path / "builtin.json").read_text(encoding="utf-8"))
    assert set(content) == {"sentence", "text", "thresholds"}
    assert 0 <= content["thresholds"]["unsupported_below"] <= 1
