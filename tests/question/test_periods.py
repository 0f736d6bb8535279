from __future__ import annotations

from datetime import date

import pytest

from rag.question.periods import named_period

TODAY = date(2017, 12, 12)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What was bombed in October 2015?", date(2015, 10, 1), date(2015, 10, 31)),
        ("What happened last week?", date(2017, 12, 4), date(2017, 12, 10)),
        ("What has been said since 20 November?", date(2017, 11, 20), date.max),
        ("What happened before 21 November 2017?", date.min, date(2017, 11, 21)),
        ("Where did they meet in December?", date(2017, 12, 1), date(2017, 12, 31)),
        ("What did they say between 20 and 24 November 2017?", date(2017, 11, 20), date(2017, 11, 24)),
        ("How did it change between October 2015 and November 2017?", date(2015, 10, 1), date(2017, 11, 30)),
        ("Who was chosen on 24 November?", date(2017, 11, 24), date(2017, 11, 24)),
        ("How many died in the past three days?", date(2017, 12, 9), TODAY),
        ("What did he do yesterday?", date(2017, 12, 11), date(2017, 12, 11)),
    ],
)
def test_a_question_about_a_period(question: str, first: date, last: date) -> None:
    found = named_period(question, TODAY)
    assert found is not None
    assert (found.first, found.last) == (first, last)
    assert found.words.split()[-1] in question


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2016 election?",
        "How often since the protests of March 2011?",
        "Will he still be president in 2021?",
        "Which automaker recalled its cars this week?",
        "Which picture was put out on the Tuesday after?",
        "How much did prices rise over the past year?",
        "What was said about last week's summit?",
        "What did a card from 1952 sell for?",
        "Was it more in October 2015 than in November 2017?",
        "In which month of 2017 did troops move in?",
        "Why did revolutions break out in 2015 and 2016?",
        "What did Theresa May say?",
    ],
)
def test_a_time_that_limits_nothing(question: str) -> None:
    assert named_period(question, TODAY) is None


def test_without_a_day_to_count_from_only_whole_dates_are_read() -> None:
    assert named_period("What happened last week?", None) is None
    assert named_period("What was bombed in October 2015?", None) is not None
