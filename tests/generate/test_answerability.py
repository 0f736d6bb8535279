from __future__ import annotations

import pytest

from rag.generate.answerability import Assessor, answerable
from rag.index.embedding import Embedder
from tests.passages import retrieved

FERRY = retrieved("The ferry sank off Arkona on Monday night. Three passengers drowned in the storm.", "ferry.md")
BARLEY = retrieved("Farmers brought in twelve tonnes of barley.", "barley.md", cosine=None)
QUESTION = "How many passengers of the ferry drowned?"


@pytest.fixture
def assessor(embedder: Embedder) -> Assessor:
    return Assessor(embedder, lambda stem: 1.0)


def test_a_passage_that_answers_is_likelier_than_one_that_does_not(assessor: Assessor) -> None:
    likely = assessor.assess(QUESTION, [FERRY, BARLEY]).answerable
    assert 0 <= likely["barley.md#0"] < 0.25 < 0.6 < likely["ferry.md#0"] <= 1


def test_every_sentence_is_assessed_in_order(assessor: Assessor) -> None:
    sentences = assessor.assess(QUESTION, [FERRY, BARLEY]).sentences
    assert [s.text for s in sentences] == [
        "The ferry sank off Arkona on Monday night.",
        "Three passengers drowned in the storm.",
        "Farmers brought in twelve tonnes of barley.",
    ]
    assert [s.coverage for s in sentences] == pytest.approx([1 / 3, 2 / 3, 0])
    assert all(s.passage.passage.words(s.span) == s.text and -1.001 <= s.cosine <= 1.001 for s in sentences)


def test_rare_words_weigh_more(embedder: Embedder) -> None:
    rare = Assessor(embedder, lambda stem: 8.0 if stem == "drown" else 1.0)
    assert rare.assess(QUESTION, [FERRY]).sentences[1].coverage == pytest.approx(0.9)


@pytest.mark.parametrize("question", ["", "?", "who is it", "\x00\n", "ศูนย์"])
def test_a_question_without_content_covers_nothing(assessor: Assessor, question: str) -> None:
    assessment = assessor.assess(question, [FERRY])
    assert {s.coverage for s in assessment.sentences} == {0}
    assert 0 <= assessment.answerable["ferry.md#0"] <= 1


def test_no_passages(assessor: Assessor) -> None:
    assessment = assessor.assess(QUESTION, [])
    assert (assessment.sentences, assessment.answerable, assessment.signals) == ((), {}, {})


def test_the_probability_rises_with_every_signal_but_words_of_the_headline_alone() -> None:
    low = answerable(0.3, 0.3, 0.3, 0.1)
    assert 0 < answerable(-1, -1, 0, 0) < low < 1
    for better in ((0.6, 0.3, 0.3, 0.1), (0.3, 0.6, 0.3, 0.1), (0.3, 0.3, 0.6, 0.1), (0.3, 0.3, 0.3, 0.0)):
        assert low < answerable(*better) < 1


def test_what_the_probability_rests_on(assessor: Assessor) -> None:
    assessment = assessor.assess(QUESTION, [FERRY, BARLEY])
    assert assessment.answerable == {key: answerable(*found) for key, found in assessment.signals.items()}
    closest, _, covered, by_title = assessment.signals["ferry.md#0"]
    assert closest == max(s.cosine for s in assessment.sentences[:2])
    assert (covered, by_title) == (pytest.approx(1), 0)
