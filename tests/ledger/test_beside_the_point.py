"""What is true and not what was asked, or contradicted elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.verification import Claim
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.ledger import ClaimLedger
from rag.types import Check, RetrievedPassage, Verdict
from tests.corpora import write_article
from tests.fakes import HashEmbedder
from tests.ledger.scene import DOOR, DROWNED, SANK, draft, shown
from tests.passages import everything


def test_a_source_that_repeats_the_question_does_not_lend_its_words_to_another_that_answers(tmp_path: Path) -> None:
    echo = "The fastest ferry that ever sailed to Arkona has arrived in the harbour this week."
    other = "The Marisa, a sister of the ferry Dunmore, is kept in the harbour for repairs."
    write_article(tmp_path / "c" / "a.md", f"{echo} {other}", title="Ferries", published=date(2017, 11, 21))
    store = IndexStore(tmp_path / "i", create=True)
    ingest(store, HashEmbedder(), [tmp_path / "c"])
    asked = "Which is the fastest ferry that ever sailed to Arkona?"
    ledger = ClaimLedger(store.catalog, asked, everything(store), BuiltinVerifier())
    ledger.add(draft("The fastest ferry that ever sailed to Arkona is the Dunmore.", *everything(store)))
    ledger.settle()
    [dropped] = ledger.dropped()
    assert dropped.why == "no one sentence of the sources says this with what answers the question"
    assert shown(ledger) == [(other, [other])]
    store.close()


def test_the_words_of_somebody_else_than_the_one_asked_about_are_held_back(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    ledger = ClaimLedger(store.catalog, "What did Arkona say about the bow door?", passages, BuiltinVerifier())
    ledger.add(draft("A wave had broken the bow door of the ferry.", passages[0]))
    assert not ledger.sentences()
    ledger.settle()
    [sentence] = ledger.sentences()
    assert sentence.verdict is Verdict.PARTIAL


@pytest.mark.parametrize(
    ("question", "text", "why"),
    [
        ("What did Mensah say about the bow door?", "A wave had broken the bow door of the ferry.", "Mensah"),
        ("How many were on the ferry?", "The ferry Marisa sank off Arkona.", "number"),
        ("How many sailors drowned?", "Three passengers drowned.", "sailors"),
        ("When did the ferry sink?", "Three passengers drowned.", "when"),
        ("Who was arrested after the ferry sank?", "Three passengers drowned.", "arrested"),
    ],
)
def test_a_supported_sentence_beside_the_point_is_not_shown(
    store: IndexStore, passages: list[RetrievedPassage], question: str, text: str, why: str
) -> None:
    ledger = ClaimLedger(store.catalog, question, passages, BuiltinVerifier())
    assert not ledger.add(draft(text, passages[0]))
    ledger.settle()
    assert ledger.sentences() == ()
    [dropped] = ledger.dropped()
    assert dropped.text == text and dropped.why.startswith("not an answer") and why in dropped.why


def test_a_quotation_takes_the_place_of_a_sentence_only_where_it_answers(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    ledger = ClaimLedger(store.catalog, "When did the inquiry into the ferry open?", passages, BuiltinVerifier())
    assert not ledger.add(draft("Nine passengers drowned.", passages[0]))
    ledger.settle()
    assert ledger.sentences() == ()
    assert [d.verdict for d in ledger.dropped()] == [Verdict.UNSUPPORTED]
    ledger.turn_to("How many passengers drowned?")
    assert ledger.add(draft("Nine passengers drowned.", passages[0]))
    assert [text for text, _ in shown(ledger)] == [DROWNED]


class Contradicting(BuiltinVerifier):
    """Says of some words that they contradict every sentence, and else what the rules say."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        return [
            Check(Verdict.CONTRADICTED, 0.1, "the source says otherwise") if self._words in claim.evidence else check
            for claim, check in zip(claims, super().verify_many(claims), strict=True)
        ]


def test_a_contradicted_sentence_is_never_shown(store: IndexStore, passages: list[RetrievedPassage]) -> None:
    ledger = ClaimLedger(store.catalog, "Who saved the passengers?", passages, Contradicting("fishermen took forty"))
    ledger.add(draft("Three passengers drowned.", passages[0]))
    ledger.settle()
    assert "Three passengers drowned." not in [text for text, _ in shown(ledger)]
    assert [d.verdict for d in ledger.dropped()] == [Verdict.CONTRADICTED]


def test_another_source_that_says_otherwise_does_not_take_a_sentence_away(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    text = "Fishermen took others ashore after a heavy wave sank the ferry Marisa off Arkona at night."
    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, Contradicting("forty others ashore."))
    ledger.add(draft(text, passages[1]))
    ledger.settle()
    assert Verdict.CONTRADICTED not in [d.verdict for d in ledger.dropped()]


def test_the_nearest_evidence_begins_with_what_speaks_against_the_question(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    span = passages[0].passage.sentences[2]
    quotes = [citation.quote for citation in ledger.nearest([(passages[0], span)])]
    assert quotes[0] == DOOR and SANK not in quotes and 1 < len(quotes) <= 3
    assert [citation.n for citation in ledger.nearest([(passages[0], span)])] == list(range(1, len(quotes) + 1))


def test_what_another_paper_says_short_of_a_word_like_believed_is_shown_beside(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    class Doubting(BuiltinVerifier):
        """Finds what only the second paper has short of its attribution."""

        def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
            short = Check(Verdict.PARTIAL, 0.9, "attribution not kept", lacks=("attribution",))
            checks = super().verify_many(claims)
            return [short if "report" in claim.text else check for claim, check in zip(claims, checks, strict=True)]

    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, Doubting())
    ledger.add(draft(DROWNED, passages[0]))
    ledger.add(draft("The coast guard will not publish its report on the Marisa this year.", passages[1]))
    ledger.settle()
    assert [s.verdict for s in ledger.sentences()] == [Verdict.SUPPORTED, Verdict.PARTIAL]
