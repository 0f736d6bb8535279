from __future__ import annotations

from datetime import date

from rag.question.knowing import known_on, latest_of
from rag.types import Citation, Turn

DAY = date(2017, 11, 22)
KNOWN = Turn("How long did they talk?", "Three hours.", DAY)
LATER = Turn("Who was elected?", "Nasr al-Hariri.", date(2017, 11, 24))
UNTOLD = Turn("Who leads it?", "Nasr al-Hariri.")


def cited(day: date | None) -> Citation:
    return Citation(1, "a", "v", "", "", day, 0, 1, "x")


def test_what_rests_on_later_articles_is_left_out() -> None:
    turns, told = known_on([KNOWN, LATER, UNTOLD], DAY)
    assert turns == [KNOWN, Turn("Who leads it?")]
    assert "after 22 November 2017" in told


def test_without_a_day_everything_is_kept() -> None:
    assert known_on([KNOWN, LATER, UNTOLD], None) == ([KNOWN, LATER, UNTOLD], "")
    assert known_on([KNOWN], DAY) == ([KNOWN], "")


def test_the_day_of_the_newest_citation() -> None:
    assert latest_of([cited(DAY), cited(date(2017, 11, 20))]) == DAY
    assert latest_of([cited(DAY), cited(None)]) is None
    assert latest_of([]) is None
