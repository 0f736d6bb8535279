"""What is drafted is shown with the words it rests on, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.verification import Claim
from rag.generate.drafting import Draft
from rag.index.store import IndexStore
from rag.ingest.sync import ingest, remove
from rag.ledger import ClaimLedger
from rag.types import Check, RetrievedPassage, Verdict
from tests.corpora import write_article
from tests.fakes import HashEmbedder
from tests.ledger.scene import DOOR, DROWNED, ELSEWHERE, GARBAGE, HARVEST, SANK, draft, shown
from tests.passages import everything


def test_a_sentence_cites_the_words_it_rests_on(ledger: ClaimLedger, passages: list[RetrievedPassage]) -> None:
    assert ledger.add(draft("Three passengers drowned.", passages[0]))
    assert shown(ledger) == [("Three passengers drowned.", [DROWNED])]
    [sentence], [citation] = ledger.sentences(), ledger.citations()
    assert sentence.verdict is Verdict.SUPPORTED
    assert (citation.n, citation.article_id, citation.publisher) == (1, "agency.md", "Agency")
    assert ledger.text() == "Three passengers drowned. [1]"
    assert ledger.warnings() == ledger.dropped() == ()


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("Three passengers drowned [7].", 1),
        ("Three passengers drowned [7, 8].", 2),
        ("Three passengers drowned【3†source】.", 1),
    ],
)
def test_markers_a_model_makes_up_are_removed_and_counted(
    ledger: ClaimLedger, passages: list[RetrievedPassage], text: str, invented: int
) -> None:
    ledger.add(draft(text, passages[0]))
    assert ledger.text() == "Three passengers drowned. [1]"
    [warning] = ledger.warnings()
    assert f"{invented} source" in warning


def test_sources_named_that_were_never_shown_are_counted_too(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    ledger.add(Draft("Three passengers drowned [9].", (passages[0],), invented=2))
    assert "3 sources" in ledger.warnings()[0]


def test_a_wrong_number_gives_way_to_the_words_of_the_source(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    ledger.add(draft("Nine passengers drowned.", passages[0]))
    assert shown(ledger) == [(DROWNED, [DROWNED])]
    [dropped] = ledger.dropped()
    assert (dropped.text, dropped.verdict) == ("Nine passengers drowned.", Verdict.UNSUPPORTED)
    assert "Nine" in dropped.why and "number" in dropped.why


def test_what_nothing_retrieved_says_is_dropped(ledger: ClaimLedger, passages: list[RetrievedPassage]) -> None:
    assert not ledger.add(draft("Brazil won everything.", passages[0]))
    ledger.settle()
    assert ledger.sentences() == ledger.citations() == ()
    assert [d.text for d in ledger.dropped()] == ["Brazil won everything."]


def test_a_sentence_that_another_passage_bears_out_is_cited_there(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    ledger.add(draft("Captain Ole Brandt said a wave had broken the bow door.", passages[2]))
    [(_, cited)] = shown(ledger)
    assert cited == [DOOR]


def test_a_source_its_author_named_wrongly_is_exchanged(ledger: ClaimLedger, passages: list[RetrievedPassage]) -> None:
    sank = passages[0].passage.sentences[0]
    ledger.add(Draft("Three passengers drowned.", (passages[0],), cited=((passages[0], sank),)))
    assert shown(ledger) == [("Three passengers drowned.", [DROWNED])]


def test_a_claim_of_two_sources_is_one_sentence_with_both(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    assert ledger.add(draft("The ferry Marisa sank off Arkona on Monday night.", passages[0]))
    assert not ledger.add(draft("The ferry Marisa sank off Arkona Monday night.", passages[1]))
    [(_, cited)] = shown(ledger)
    assert sorted(cited) == sorted([SANK, ELSEWHERE])


def test_a_repetition_does_not_lend_its_source_to_what_only_the_first_says(
    ledger: ClaimLedger, passages: list[RetrievedPassage]
) -> None:
    ledger.add(draft(DROWNED, passages[0]))
    assert not ledger.add(draft("Fishermen took forty others ashore.", passages[1]))
    assert shown(ledger) == [(DROWNED, [DROWNED])]  # the other source does not know of three who drowned
    assert [citation.quote for citation in ledger.citations()] == [DROWNED]


def test_a_negation_is_not_merged_with_its_opposite(ledger: ClaimLedger, passages: list[RetrievedPassage]) -> None:
    ledger.add(draft("The coast guard will not publish its report on the ferry this year.", passages[1]))
    ledger.add(draft("The coast guard will publish its report on the ferry this year.", passages[1]))
    assert [s.text for s in ledger.sentences()] == [
        "The coast guard will not publish its report on the ferry this year."
    ]
    assert [d.verdict for d in ledger.dropped()] == [Verdict.CONTRADICTED]


@pytest.mark.parametrize("confirmed", [False, True])
def test_the_partly_supported_is_shown_only_when_there_is_nothing_better(
    ledger: ClaimLedger, passages: list[RetrievedPassage], confirmed: bool
) -> None:
    partial = "A wave had broken the bow door because drunken sailors forgot the bolts."
    assert not ledger.add(draft(partial, passages[0]))
    if confirmed:
        ledger.add(draft("Three passengers drowned.", passages[0]))
    ledger.settle()
    if confirmed:
        assert [text for text, _ in shown(ledger)] == ["Three passengers drowned."]
        assert [(d.text, d.verdict) for d in ledger.dropped()] == [(partial, Verdict.PARTIAL)]
        assert ledger.dropped()[0].why
    else:
        assert shown(ledger) == [(partial, [DOOR])]
        assert ledger.sentences()[0].verdict is Verdict.PARTIAL


def test_an_article_that_changed_is_not_cited(
    ledger: ClaimLedger, passages: list[RetrievedPassage], store: IndexStore, corpus: Path
) -> None:
    write_article(corpus / "agency.md", f"Correction: nobody was hurt. {DOOR}", published=date(2017, 11, 21))
    ingest(store, HashEmbedder(), [corpus])
    assert not ledger.add(draft("Three passengers drowned.", passages[0]))
    assert ledger.sentences() == ledger.citations() == ()
    assert "changed" in ledger.dropped()[0].why
    assert "agency.md" in ledger.warnings()[0]
    assert "agency.md" not in {citation.article_id for citation in ledger.nearest()}


def test_of_two_sources_the_one_still_there_is_cited(
    ledger: ClaimLedger, passages: list[RetrievedPassage], store: IndexStore
) -> None:
    remove(store, ["agency.md"])
    ledger.add(draft("The ferry Marisa sank off Arkona on Monday night.", passages[0]))
    assert [cited for _, cited in shown(ledger)] == [[ELSEWHERE]]
    assert ledger.warnings() == ("changed or removed while answering: agency.md; ask again",)


def test_words_that_are_not_where_the_passage_says_are_not_cited(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    inside = passages[0].passage
    forged = replace(passages[0], passage=replace(inside, text=inside.text.replace("Three", "Seven")))
    ledger = ClaimLedger(store.catalog, "How many drowned?", [forged], BuiltinVerifier())
    assert not ledger.add(draft("Seven passengers drowned.", forged))
    assert ledger.warnings()


def test_the_nearest_evidence_is_the_closest_sentence_of_each_passage(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    ledger = ClaimLedger(store.catalog, "Who took passengers ashore?", passages, BuiltinVerifier())
    assert [(c.n, c.quote) for c in ledger.nearest()] == [(1, DROWNED), (2, ELSEWHERE), (3, HARVEST)]
    assert ledger.citations() == ()


def test_nothing_retrieved(store: IndexStore) -> None:
    ledger = ClaimLedger(store.catalog, "What happened?", [], BuiltinVerifier())
    assert not ledger.add(draft("Three passengers drowned."))
    ledger.settle()
    assert ledger.sentences() == ledger.nearest() == ()
    assert ledger.text() == ""


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_whatever_is_drafted_all_that_is_shown_is_cited_exactly(
    ledger: ClaimLedger, passages: list[RetrievedPassage], store: IndexStore, text: str
) -> None:
    ledger.add(draft(text, *passages))
    ledger.settle()
    numbers = [citation.n for citation in ledger.citations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for s in ledger.sentences() for n in s.citations} == set(numbers)
    for sentence in ledger.sentences():
        assert sentence.text.strip() and sentence.citations
        assert not any(c < " " and c not in "\t\n" for c in sentence.text)
        sentence.text.encode()
    for citation in ledger.citations():
        article = store.catalog.article(citation.article_id)
        assert article.version == citation.version
        assert article.text[citation.start : citation.end] == citation.quote != ""
    assert len({sentence.text for sentence in ledger.sentences()}) == len(ledger.sentences())
    ledger.text().encode()


def test_words_gathered_from_here_and_there_are_not_support(
    store: IndexStore, passages: list[RetrievedPassage]
) -> None:
    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, BuiltinVerifier())
    ledger.add(draft("Three passengers drowned.", passages[0]))
    ledger.add(draft("The ferry Marisa sank off Arkona when a wave had broken the bow door.", passages[0]))
    assert [text for text, _ in shown(ledger)] == ["Three passengers drowned."]
    ledger.settle()
    [dropped] = ledger.dropped()
    assert dropped.why == "no one place in the sources says all of this"


def test_a_sentence_put_together_from_halves_of_two_is_partial(store: IndexStore) -> None:
    """Side by side, two sentences hold all its words, and neither says it."""

    class Credulous(BuiltinVerifier):
        def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
            return [
                Check(Verdict.SUPPORTED if SANK in c.evidence and DROWNED in c.evidence else Verdict.PARTIAL, 0.9)
                for c in claims
            ]

    passages = everything(store)
    ledger = ClaimLedger(store.catalog, "What happened to the ferry?", passages, Credulous())
    ledger.add(draft("Fishermen of the ferry Marisa drowned forty passengers in heavy seas.", *passages))
    ledger.settle()
    assert [s.verdict for s in ledger.sentences()] == [Verdict.PARTIAL]
