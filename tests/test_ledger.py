from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from tests.passages import everything

SANK = "The ferry Marisa sank off Arkona in heavy seas on Monday night."
DROWNED = "Three passengers drowned, and fishermen took forty others ashore."
DOOR = "Captain Ole Brandt said that a wave had broken the bow door of the ferry."
ELSEWHERE = "Fishermen took forty others ashore after the ferry Marisa sank off Arkona on Monday night."
INQUIRY = "The coast guard will not publish its report on the ferry this year."
HARVEST = "Farmers in the Gant valley brought in twelve tonnes of barley."
ARTICLES = {"agency": f"{SANK} {DROWNED} {DOOR}", "herald": f"{ELSEWHERE} {INQUIRY}", "valley": HARVEST}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name, text in ARTICLES.items():
        write_article(
            folder / f"{name}.md", text, title=name.title(), publisher=name.title(), published=date(2017, 11, 21)
        )
    return folder


@pytest.fixture
def store(tmp_path: Path, corpus: Path) -> Iterator[IndexStore]:
    opened = IndexStore(tmp_path / "index", create=True)
    ingest(opened, HashEmbedder(), [corpus])
    yield opened
    opened.close()


@pytest.fixture
def passages(store: IndexStore) -> list[RetrievedPassage]:
    return everything(store)


@pytest.fixture
def ledger(store: IndexStore, passages: list[RetrievedPassage]) -> ClaimLedger:
    return ClaimLedger(store.catalog, "What happened to the ferry?", passages, BuiltinVerifier())


def draft(text: str, *evidence: RetrievedPassage) -> Draft:
    return Draft(text, evidence)


def shown(ledger: ClaimLedger) -> list[tuple[str, list[str]]]:
    """The sentences shown, each with the words it cites."""
    quotes = {citation.n: citation.quote for citation in ledger.citations()}
    return [(s.text, [quotes[n] for n in s.citations]) for s in ledger.sentences()]


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


GARBAGE = [
    "",
    " \n\t ",
    ".",
    "[1]",
    "[7][8] 【9】",
    "\x00\x1b[31mThree passengers drowned.\x07",
    "Three\ud800 passengers drowned.",
    "Three pas\u200bsengers drow\u0301ned. \U0001f6a2 \u202egnaros",
    "ศูนย์ข่าว 沈没 Μαρίσα ١٢٣",
    "Three passengers drowned. " * 400,
    "drowned " * 1300,
    '"' * 500,
    "Three passengers drowned; nine passengers drowned. Twelve tonnes of ferry sank. It. He said that.",
    "1 2 3 4 5 % $ € 1,000,000,000,000,000,000,000,000",
    "As an AI language model, I cannot say what the passengers of the ferry did.",
]


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


# -- true, but not what was asked -------------------------------------------------------------------------------


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
