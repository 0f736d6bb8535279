from __future__ import annotations

import pytest

from rag.generate.answerability import Assessor
from rag.generate.drafting import Trace
from rag.generate.extractive import ExtractiveAnswerer, balanced
from rag.index.embedding import Embedder
from rag.types import Usage
from tests.passages import retrieved

FERRY = retrieved("The ferry sank off Arkona on Monday night. Three passengers of the ferry drowned.", "ferry.md")
HERALD = retrieved("Three passengers of the ferry drowned in the storm. Brewers welcomed the news.", "herald.md")
BARLEY = retrieved("Farmers brought in twelve tonnes of barley.", "barley.md", cosine=0.0)
TALKS = retrieved(
    "Speaking of the ferry, Anna Kask said that the doors had been welded shut. "
    "Speaking of the ferry, Ole Brandt said that the doors had been left open.",
    "talks.md",
)


@pytest.fixture
def answerer(embedder: Embedder) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(Assessor(embedder, lambda stem: 1.0))


def test_the_best_sentence_of_each_article_that_answers(answerer: ExtractiveAnswerer) -> None:
    trace = Trace()
    drafts = list(answerer.draft("How many passengers of the ferry drowned?", [BARLEY, FERRY, HERALD], trace))
    assert {d.text for d in drafts} == {
        "Three passengers of the ferry drowned.",
        "Three passengers of the ferry drowned in the storm.",
    }
    for draft in drafts:
        [(passage, span)] = draft.cited
        assert draft.evidence == (passage,)
        assert passage.passage.words(span) == draft.text
    assert (trace.usage, trace.warnings, trace.model) == (Usage(), [], None)


def test_a_source_that_asks_the_same_question_does_not_answer_it(answerer: ExtractiveAnswerer) -> None:
    quiz = retrieved("How many passengers of the ferry drowned? Three passengers of the ferry drowned.", "quiz.md")
    drafts = list(answerer.draft("How many passengers of the ferry drowned?", [quiz], Trace()))
    assert [d.text for d in drafts] == ["Three passengers of the ferry drowned."]


def test_nothing_is_drafted_from_passages_that_do_not_answer(answerer: ExtractiveAnswerer) -> None:
    assert list(answerer.draft("Who won the 2018 World Cup?", [BARLEY], Trace())) == []
    assert list(answerer.draft("Who won the 2018 World Cup?", [], Trace())) == []


@pytest.mark.parametrize(("speaker", "words"), [("Anna Kask", "welded shut"), ("Ole Brandt", "left open")])
def test_the_person_asked_about_is_quoted(answerer: ExtractiveAnswerer, speaker: str, words: str) -> None:
    drafts = list(answerer.draft(f"What did {speaker} say of the doors of the ferry?", [TALKS], Trace()))
    assert words in drafts[0].text


def test_a_number_is_preferred_where_one_is_asked_for(answerer: ExtractiveAnswerer) -> None:
    source = retrieved("Many passengers of the ferry drowned that night. Nine passengers of the ferry drowned later.")
    scored = answerer.score("How many passengers of the ferry drowned?", [source])
    assert max(scored, key=lambda s: s.score).text.startswith("Nine")


def test_follow_ups_are_left_to_the_rule(answerer: ExtractiveAnswerer) -> None:
    assert answerer.rewrite("Why?", [], Trace()) is None
    assert answerer.name == "extractive"
    answerer.close()


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("We sank,” he said.", "“We sank,” he said."),
        ("He said, “We sank.", "He said, “We sank.”"),
        ("He said, “We sank.”", "He said, “We sank.”"),
        ("Nothing is quoted here.", "Nothing is quoted here."),
        ("", ""),
    ],
)
def test_a_quotation_cut_in_two_gets_the_mark_it_lacks(cut: str, whole: str) -> None:
    assert balanced(cut) == whole
