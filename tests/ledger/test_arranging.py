"""What most likely answers stands first, and citations are numbered as they are read."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.check.builtin import BuiltinVerifier
from rag.index.store import IndexStore
from rag.ledger import ClaimLedger
from rag.types import RetrievedPassage, Verdict
from tests.ledger.scene import DOOR, DROWNED, ELSEWHERE, SANK, draft, shown

SAID = [SANK, DROWNED, DOOR]


def test_the_weightiest_comes_first_and_citations_are_numbered_anew(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    for text, weight in zip(SAID, (0.5, 2.0, 1.0), strict=True):
        ledger.add(replace(draft(text, passages[0]), weight=weight))
    ledger.arrange()
    assert [text for text, _ in shown(ledger)] == [DROWNED, DOOR, SANK]
    assert all(text in quotes for text, quotes in shown(ledger))
    numbers = [n for sentence in ledger.sentences() for n in sentence.citations]
    assert list(dict.fromkeys(numbers)) == [c.n for c in ledger.citations()] == list(range(1, len(set(numbers)) + 1))


def test_alike_they_stay_as_drafted(ledger: ClaimLedger, passages: list[RetrievedPassage]) -> None:
    for text in SAID:
        ledger.add(draft(text, passages[0]))
    before = shown(ledger), ledger.citations()
    ledger.arrange()
    assert (shown(ledger), ledger.citations()) == before


def test_a_repetition_of_more_weight_lends_it(ledger: ClaimLedger, passages: list[RetrievedPassage]) -> None:
    ledger.add(replace(draft(SANK, passages[0]), weight=1.0))
    ledger.add(replace(draft(DROWNED, passages[0]), weight=0.5))
    ledger.add(replace(draft(DROWNED, passages[0]), weight=2.0))
    ledger.arrange()
    assert [text for text, _ in shown(ledger)] == [DROWNED, SANK]


def test_what_is_partly_supported_and_later_parts_stand_behind(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, BuiltinVerifier())
    text = "Captain Ole Brandt said that a wave had broken the bow door of the ferry in heavy seas off Gant."
    ledger.add(replace(draft(text, passages[0]), weight=9.0))
    ledger.settle()
    ledger.add(replace(draft(DROWNED, passages[0]), weight=-1.0))
    ledger.turn_to("Who took the passengers ashore?")
    ledger.add(replace(draft(ELSEWHERE, passages[1]), weight=5.0))
    ledger.arrange()
    assert [s.verdict for s in ledger.sentences()] == [Verdict.SUPPORTED, Verdict.PARTIAL, Verdict.SUPPORTED]
    assert [text for text, _ in shown(ledger)] == [DROWNED, text, ELSEWHERE]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([SANK, DROWNED, DOOR, ELSEWHERE]), st.floats(-5, 5)), max_size=6))
def test_whatever_the_order_each_sentence_keeps_its_sources(
    store: IndexStore, passages: list[RetrievedPassage], drafts: list[tuple[str, float]]
) -> None:
    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, BuiltinVerifier())
    for text, weight in drafts:
        ledger.add(replace(draft(text, *passages), weight=weight))
    before = {text: set(quotes) for text, quotes in shown(ledger)}
    ledger.arrange()
    assert {text: set(quotes) for text, quotes in shown(ledger)} == before
    assert [c.n for c in ledger.citations()] == list(range(1, len(ledger.citations()) + 1))
