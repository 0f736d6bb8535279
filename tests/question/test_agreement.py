"""The end of a question that asks whether the sources agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.agreement import asked_agreement

TOLL = "How many people were killed in the war?"
WORDS = "In which words do the papers have Putin announce the end of the operation"


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        (f"{WORDS}, and do they all print the same ones?", f"{WORDS}?"),
        (f"{TOLL} Do the sources agree?", TOLL),
        ("How many people were killed in the war, and do all reports agree on that?", TOLL),
        ("How many people were killed in the war - or do the accounts differ?", TOLL),
        (f"{TOLL} Does everyone give the same number?", TOLL),
    ],
)
def test_it_is_taken_off(question: str, rest: str) -> None:
    assert asked_agreement(question) == (rest, True)


@pytest.mark.parametrize(
    "question",
    [
        TOLL,
        "What did Assad and Putin say about the summit, and do they agree?",
        "Do the papers agree?",
        "Why do the sources differ on the death toll?",
        "Was the price cap put to the leaders, and did everyone agree on it?",
        "According to reports, what did Iran and the US discuss, and do they agree?",
        "What did the CIA and the FBI conclude about it, and do the agencies agree?",
        "Which papers did the two ministers sign in Geneva, and do they agree?",
        "On which of these five claims do the newspapers contradict each other?",
        "By how many deaths do the reports differ?",
        "How many people were killed in the war, and why do the sources disagree?",
        "Do the Wire and the Gazette agree on how many people were hurt?",
    ],
)
def test_other_questions_are_left_as_they_are(question: str) -> None:
    assert asked_agreement(question) == (question, False)


@given(st.text(max_size=60))
def test_no_question_breaks_it(question: str) -> None:
    assert asked_agreement(question).asks or asked_agreement(question).rest == question
