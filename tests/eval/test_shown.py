"""Hand-labelled sentences of CLAP-NQ go through the ledger as in an answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.bench.shown import Labelled, index, main, questions, show
from eval.records import write_records
from rag.check.builtin import BuiltinVerifier
from rag.types import Verdict

ASKED = "is Arkona on the north or the south island"
SENTENCES = ["Arkona is a port of the North Island of Gant.", "It has a ferry to the mainland."]
WRONG = "Arkona is on the south island."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    row = {"id": "q1", "input": ASKED, "passages": [{"title": "Arkona", "sentences": SENTENCES}]}
    write_records(tmp_path / "answerable.jsonl.gz", [{**row, "output": [{"selected_sentences": SENTENCES[:1]}]}])
    write_records(tmp_path / "unanswerable.jsonl.gz", [{**row, "id": "q2", "output": []}])
    return tmp_path


def test_a_right_and_a_wrong_sentence(folder: Path) -> None:
    assert questions(folder) == {"q1": ASKED, "q2": ASKED}
    row = Labelled("q1", "q1", "", 0, 0, "Arkona is a port of the North Island.", 0.99, supported=True, reported=False)
    with index(folder, None, [row]) as store:
        [passage] = store.catalog.passages_of("q1")
        assert not list(store.catalog.passages_of("q2"))  # no sentence is about it
        place = {"version": passage.version, "start": passage.span.start, "end": passage.span.end}
        rows = [replace(row, **place), replace(row, **place, sentence=WRONG, supported=False)]
        right, wrong = show(rows, questions(folder), store, BuiltinVerifier())
    assert (right.verdict, wrong.verdict) == (Verdict.SUPPORTED, None)


def test_news_need_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_records(tmp_path / "queries.jsonl.gz", [{"id": "1", "question": "Who?"}])
    monkeypatch.setattr("sys.argv", ["shown", str(tmp_path)])
    with pytest.raises(SystemExit, match="--index"):
        main()
