"""A small model's wording gives way to the words of the source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.ledger import ClaimLedger
from rag.types import RetrievedPassage, Verdict
from tests.corpora import write_article
from tests.fakes import HashEmbedder
from tests.ledger.scene import DROWNED, ELSEWHERE, draft, shown
from tests.passages import everything


def test_what_its_author_doubts_gives_way_to_the_words_of_the_source(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    text = "Three of the passengers drowned."
    ledger.add(replace(draft(text, passages[0]), sure=0.9))
    assert shown(ledger) == [(DROWNED, [DROWNED])]
    [dropped] = ledger.dropped()
    assert (dropped.text, dropped.verdict) == (text, Verdict.PARTIAL)
    assert dropped.why == "the model that wrote this doubts that its source says it"


@pytest.mark.parametrize(
    ("text", "sure", "believed"),
    [
        ("Three passengers drowned.", 0.8, True),  # runs of its source's words
        ("Three passengers have drowned.", 0.99, True),
        ("Three passengers have drowned.", 0.97, False),
        ("Three of the passengers drowned.", 0.999, False),
        ("Three of the passengers drowned.", None, True),  # a model whose wording is as good as any
    ],
)
def test_a_small_models_wording_is_believed_where_it_is_sure_and_near_its_source(
    ledger: ClaimLedger, passages: list[RetrievedPassage], text: str, sure: float | None, believed: bool
) -> None:
    ledger.add(replace(draft(text, passages[0]), sure=sure))
    ledger.settle()
    assert [(s.text, s.verdict) for s in ledger.sentences()] == [(text if believed else DROWNED, Verdict.SUPPORTED)]


def test_the_words_of_the_source_need_no_author_who_is_sure(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    ledger.add(replace(draft(DROWNED, passages[0]), sure=0.8))
    assert [(s.text, s.verdict) for s in ledger.sentences()] == [(DROWNED, Verdict.SUPPORTED)]


def test_what_is_doubted_stands_in_the_words_of_its_source_beside_what_another_article_says(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, BuiltinVerifier())
    ledger.add(draft("Three passengers drowned.", passages[0]))
    ledger.add(replace(draft("After the ferry sank, fishermen took forty others ashore.", passages[1]), sure=0.8))
    ledger.settle()
    assert shown(ledger) == [("Three passengers drowned.", [DROWNED]), (ELSEWHERE, [ELSEWHERE])]


def test_a_mere_yes_gives_way_to_whose_word_it_is(tmp_path: Path) -> None:
    said = "The opposition demanded that Brandt step down."
    write_article(tmp_path / "c" / "a.md", f"Talks began on Tuesday. {said}", title="T", published=date(2017, 11, 21))
    store = IndexStore(tmp_path / "i", create=True)
    ingest(store, HashEmbedder(), [tmp_path / "c"])
    ledger = ClaimLedger(store.catalog, "Must Brandt step down?", everything(store), BuiltinVerifier())
    ledger.add(replace(draft("Yes, Brandt must step down.", *everything(store)), sure=0.9))
    ledger.settle()
    assert [(s.text, s.verdict) for s in ledger.sentences()] == [(said, Verdict.SUPPORTED)]
    store.close()


def test_words_of_the_source_that_lean_on_what_was_before_them_replace_nothing(tmp_path: Path) -> None:
    before, quoted = "Captain Ole Brandt was heard on Tuesday.", "He told the inquiry that a wave broke the door."
    write_article(tmp_path / "c" / "a.md", f"{before} {quoted}", title="Inquiry", published=date(2017, 11, 21))
    store = IndexStore(tmp_path / "i", create=True)
    ingest(store, HashEmbedder(), [tmp_path / "c"])
    ledger = ClaimLedger(store.catalog, "What broke the door?", everything(store), BuiltinVerifier())
    text = "He said to the inquiry that a wave broke the door."
    ledger.add(replace(draft(text, *everything(store)), sure=0.8))
    ledger.settle()
    assert [(s.text, s.verdict) for s in ledger.sentences()] == [(text, Verdict.PARTIAL)]
    store.close()


def test_a_sentence_about_what_only_the_question_speaks_of_gives_way_to_the_source(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    asked = "What was the opinion of the ferry's captain on the loss?"
    ledger = ClaimLedger(store.catalog, asked, passages, BuiltinVerifier())
    text = "The opinion of the captain, Ole Brandt, was that a wave had broken the bow door of the ferry."
    ledger.add(replace(draft(text, passages[0]), sure=0.999))
    ledger.settle()
    assert text not in [s.text for s in ledger.sentences()]
    assert [(d.text, d.why) for d in ledger.dropped()] == [(text, "the source does not speak of the opinion")]
