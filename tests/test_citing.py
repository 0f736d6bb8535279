"""The day behind "on Monday", told to whoever asks when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.generate.drafting import Draft
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.ledger import ClaimLedger
from tests.corpora import write_article
from tests.fakes import HashEmbedder
from tests.passages import everything

SAID = (
    "The ferry Marisa sank off Arkona on Monday. Wednesday's inquiry was opened in Arkona by the coast guard. "
    'The owner, Ole Brandt, said: "We sold the ferry Halmar last month." '
    "The ferry Dagny was launched on 3 March. The ferry Halmar was found on Sunday, the coast guard said on Tuesday."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IndexStore]:
    write_article(tmp_path / "corpus" / "agency.md", SAID, title="Ferry", published=date(2017, 11, 23))
    opened = IndexStore(tmp_path / "index", create=True)
    ingest(opened, HashEmbedder(), [tmp_path / "corpus"])
    yield opened
    opened.close()


def shown(store: IndexStore, question: str, text: str) -> list[str]:
    passages = everything(store)
    ledger = ClaimLedger(store.catalog, question, passages, BuiltinVerifier())
    ledger.add(Draft(text, tuple(passages)))
    ledger.settle()
    for citation in ledger.citations():
        article = store.catalog.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote
    return [sentence.text for sentence in ledger.sentences()]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (
            "When did the ferry Marisa sink?",
            "The ferry Marisa sank off Arkona on Monday.",
            "The ferry Marisa sank off Arkona on Monday [20 November 2017].",
        ),
        (
            "Where did the ferry Marisa sink?",
            "The ferry Marisa sank off Arkona on Monday.",
            "The ferry Marisa sank off Arkona on Monday.",
        ),
        (
            "Give the date on which the inquiry was opened in Arkona.",
            "Wednesday's inquiry was opened in Arkona by the coast guard.",
            "Wednesday's [22 November 2017] inquiry was opened in Arkona by the coast guard.",
        ),
        (  # what somebody said stays as it was said
            "When was the ferry Halmar sold?",
            'The owner, Ole Brandt, said: "We sold the ferry Halmar last month."',
            'The owner, Ole Brandt, said: "We sold the ferry Halmar last month."',
        ),
        (  # when it was said is not when it was
            "When was the ferry Halmar found?",
            "The ferry Halmar was found on Sunday, the coast guard said on Tuesday.",
            "The ferry Halmar was found on Sunday [19 November 2017], the coast guard said on Tuesday.",
        ),
        (  # a day that is named needs no other
            "When was the ferry Dagny launched?",
            "The ferry Dagny was launched on 3 March.",
            "The ferry Dagny was launched on 3 March.",
        ),
    ],
)
def test_who_asks_when_is_told_the_day(store: IndexStore, question: str, text: str, expected: str) -> None:
    assert shown(store, question, text) == [expected]
