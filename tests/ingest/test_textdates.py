from __future__ import annotations

from datetime import date

import pytest

from rag.ingest.cleaning import clean
from rag.ingest.textdates import date_from_text, mentions
from rag.types import Article, SourceDocument

DAY = date(2017, 11, 20)


@pytest.mark.parametrize(
    "line",
    [
        "DAMASCUS, Nov. 20, 2017 (Reuters) — The president left on Monday.",
        "SOCHI, Russia, November 20, 2017 - The president arrived.",
        "WASHINGTON, D.C., November 20th, 2017 /PRNewswire/ -- A company said so.",
        "Published: 20 November 2017, 10:15 GMT",
        "First published on Mon 20 Nov 2017 10.15 GMT",
        "Published on 2017-11-20T10:15:00Z",
        "By Jane Doe, 20 November 2017",
        "Monday, 20 November 2017",
        "Nov 20, 2017",
    ],
)
def test_a_date_that_the_text_states_as_its_own(line: str) -> None:
    assert date_from_text(["A headline of some words", "", line, "", "More words."]) == DAY


@pytest.mark.parametrize(
    "line",
    [
        "BEIRUT, Nov. 20 (AP) — Without a year there is no date.",
        "The war began on March 15, 2011.",
        "On Nov. 20, 2017 he left for Sochi, and came back on Tuesday.",
        "Updated: 20 November 2017",
        "November 2017",
        "Published: 20 November 2999",
        "Published in 2017",
    ],
)
def test_other_dates_are_not_taken_for_it(line: str) -> None:
    assert date_from_text([line]) is None


def test_two_dates_leave_it_unknown_and_only_the_head_is_read() -> None:
    assert date_from_text(["Published: 20 November 2017", "Nov 21, 2017"]) is None
    assert date_from_text([*["Words of the article."] * 8, "Nov 20, 2017"]) is None


def test_a_stated_date_wins_over_the_text() -> None:
    text = "PARIS, Nov. 20, 2017 (AFP) - The ferry left the harbour at noon, the port authority said."
    dated, undated = clean(SourceDocument("a", text, published=date(2018, 1, 1))), clean(SourceDocument("a", text))
    assert isinstance(dated, Article) and isinstance(undated, Article)
    assert (dated.published, undated.published) == (date(2018, 1, 1), DAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("on Nov. 20 (Reuters)", True), ("in November 2017", True), ("the 20th of November", True),
        ("2017-11-20", True), ("20/11/2017", True), ("Nov. 20, 2016", False), ("in November", False),
        ("20 December 2017", False),
    ],
)  # fmt: skip
def test_whether_a_text_mentions_a_day(text: str, told: bool) -> None:
    assert mentions(text, DAY) is told
