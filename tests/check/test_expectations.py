from __future__ import annotations

import pytest

from rag.check.expectations import Expectation, expectations, meets

NUMBER, DATE, PERSON, REQUEST = Expectation.NUMBER, Expectation.DATE, Expectation.PERSON, Expectation.REQUEST


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many people drowned?", (NUMBER,)),
        ("how long did they speak?", (NUMBER,)),
        ("What percentage voted?", (NUMBER,)),
        ("When did the ferry sink?", (DATE,)),
        ("On which day did they meet?", (DATE,)),
        ("Who met Putin?", (PERSON,)),
        ('"Whose boat sank?"', (PERSON,)),
        ("What did Assad ask Russia for?", (REQUEST,)),
        ("What does the union demand?", (REQUEST,)),
        ("Who asked for more money?", (PERSON, REQUEST)),
        ("Why did the ferry sink?", ()),
        ("", ()),
    ],
)
def test_what_a_question_expects(question: str, expected: tuple[Expectation, ...]) -> None:
    assert expectations(question) == expected


@pytest.mark.parametrize(
    ("kind", "sentence", "met"),
    [
        (NUMBER, "Three passengers drowned.", True),
        (NUMBER, "Many passengers drowned.", False),
        (DATE, "It sank on 20 November 2017.", True),
        (DATE, "It sank off Arkona.", False),
        (REQUEST, "He called on the governors to act.", True),
        (REQUEST, "He was counting on Russia.", True),
        (REQUEST, "He left the town.", False),
    ],
)
def test_what_meets_it(kind: Expectation, sentence: str, met: bool) -> None:
    assert meets(kind, sentence, "What?") is met


def test_the_name_asked_about_is_no_answer() -> None:
    assert not meets(PERSON, "Vladimir Putin flew home.", "Who met Vladimir Putin?")
    assert meets(PERSON, "Bashar Assad met Vladimir Putin.", "Who met Vladimir Putin?")
