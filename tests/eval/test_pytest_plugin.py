"""The pytest plug-in, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.eval.builders import TEXTS

SUITE = """\
{"suite": "mine", "corpus": "corpus"}
{"id": "open", "question": "When did the harbour of Tallinn open?", "answers": ["on Monday"]}
{"id": "wrong", "question": "When did the bridge of Narva close?", "answers": ["in December"]}
"""
GATE = "gate: 1\nbars: [{metric: span_exactness, value_at_least: 1.0}, {metric: answer_correct, value_at_least: %s}]\n"
OWN = """\
def test_good(dateline_ask):
    answer = dateline_ask("When did the harbour of Tallinn open?", answers=["on Monday"]).check()
    assert answer.citations[0].article_id == "a.md"


def test_bad(dateline_ask):
    dateline_ask("When did the harbour of Tallinn open?", unanswerable="not_in_corpus").check()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "corpus" / name).write_text(text, encoding="utf-8")
    (tmp_path / "mine.jsonl").write_text(SUITE, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n", encoding="utf-8")
    return tmp_path


def inner(place: Path, *arguments: str) -> tuple[int, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "PYTEST_"))}
    environment |= {"DATELINE_CACHE": str(place / "cache"), "DATELINE_MODEL": "extractive",
                    "DATELINE_CORPUS": str(place / "corpus"), "COLUMNS": "200"}  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-rA", *arguments]
    found = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=120)
    return found.returncode, found.stdout + found.stderr


def test_items_are_tests_and_a_wrong_one_fails_with_its_reason(place: Path) -> None:
    code, out = inner(place, "--dateline-suite", "mine.jsonl", "--dateline-out", "out")
    assert code == 1
    assert "1 failed, 1 passed" in out
    assert "problem: no accepted answer in what is shown" in out
    assert "Traceback" not in out
    assert (place / "out" / "mine" / "junit.xml").exists()


def test_with_a_gate_the_gate_decides(place: Path) -> None:
    (place / "gate.yaml").write_text(GATE % 0.5, encoding="utf-8")
    code, out = inner(place, "--dateline-suite", "mine.jsonl", "--dateline-gate", "gate.yaml")
    assert (code, "2 passed, 1 xfailed" in out) == (0, True)
    (place / "gate.yaml").write_text(GATE % 0.9, encoding="utf-8")
    code, out = inner(place, "--dateline-suite", "mine.jsonl", "--dateline-gate", "gate.yaml")
    assert code == 1
    assert "not met: answer_correct: value at least 0.9; found 0.500" in out


def test_tests_of_ones_own_ask_with_a_fixture(place: Path) -> None:
    (place / "test_own.py").write_text(OWN, encoding="utf-8")
    code, out = inner(place)
    assert (code, "1 failed, 1 passed" in out) == (1, True)
    assert "answered, though the corpus has no answer; got: The harbour of Tallinn opened on Monday." in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--dateline-gate", "gate.yaml"], "--dateline-gate needs --dateline-suite"),
        (["--dateline-suite", "none.jsonl"], "none.jsonl cannot be read"),
        (["--dateline-suite", "mine.jsonl", "--dateline-gate", "none.yaml"], "none.yaml cannot be read"),
    ],
)
def test_wrong_use_is_said(place: Path, arguments: list[str], complaint: str) -> None:
    code, out = inner(place, *arguments)
    assert code == 4
    assert complaint in out
    assert "Traceback" not in out
