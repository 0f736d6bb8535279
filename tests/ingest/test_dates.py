from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.dates import infer_month_first, is_order_unknown, parse_published

SOCHI = date(2017, 11, 21)


@pytest.mark.parametrize(
    "stated",
    [
        "2017-11-21",
        "2017/11/21",
        "20171121",
        "20171121T080000Z",
        "2017-11-21T23:30:00-08:00",
        "2017-11-21 08:00:00+03:00",
        "21 November 2017",
        "November 21, 2017",
        "Nov. 21, 2017 at 10:30 p.m. EST",
        "Tuesday, November 21, 2017",
        "Tue, 21 Nov 2017 10:00:00 GMT",
        "21.11.2017",
        "21/11/2017",
        "11/21/2017",
        "  21-NOV-2017 ",
        SOCHI,
        datetime(2017, 11, 21, 23, 59, tzinfo=timezone(timedelta(hours=-8))),
    ],
)
def test_a_stated_date_is_read_as_the_source_wrote_it(stated: object) -> None:
    assert parse_published(stated) == SOCHI


@pytest.mark.parametrize(
    "stated",
    [
        "2017",
        "2017-11",
        "November 2017",
        "21 November",
        "Tuesday",
        "yesterday",
        "may",
        "",
        "n/a",
        "2017-13-40",
        "February 29, 2019",
        "20171341",
        None,
        20171121,
        1511222400,
        True,
        ["2017-11-21"],
        "9" * 5000,
        "Nov " * 500,
    ],
)
def test_what_is_not_a_whole_date_is_unknown(stated: object) -> None:
    assert parse_published(stated) is None


def test_an_order_that_could_be_either_is_unknown_until_the_source_shows_it() -> None:
    assert parse_published("03/04/2017") is None
    assert parse_published("03/04/2017", month_first=True) == date(2017, 3, 4)
    assert parse_published("03/04/2017", month_first=False) == date(2017, 4, 3)
    assert parse_published("04/04/2017") == date(2017, 4, 4)
    assert parse_published("21/11/2017", month_first=True) == SOCHI


def test_a_two_digit_year_is_never_in_the_future() -> None:
    today = date(2026, 6, 15)
    assert parse_published("01/18/63", today=today) == date(1963, 1, 18)
    assert parse_published("18 January 63", today=today) == date(1963, 1, 18)
    assert parse_published("06/14/26", today=today) == date(2026, 6, 14)
    assert parse_published("06/16/26", today=today) == date(1926, 6, 16)
    assert parse_published("29/02/00", today=today) == date(2000, 2, 29)


@given(st.dates(min_value=date(1801, 1, 1), max_value=date(2099, 12, 31)))
def test_common_spellings_round_trip(day: date) -> None:
    for spelling in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%Y-%m-%dT10:00:00Z"):
        assert parse_published(day.strftime(spelling)) == day


@given(st.text(max_size=120))
def test_any_text_gives_a_date_or_nothing(text: str) -> None:
    assert isinstance(parse_published(text), date | None)


def test_the_dates_of_a_source_show_their_order() -> None:
    assert infer_month_first(["01/04/63", "01/18/63"]) is True
    assert infer_month_first(["01/04/2017", "21/11/2017"]) is False
    assert infer_month_first(["01/04/63"]) is None
    assert infer_month_first(["01/18/63", "18/01/63"]) is None
    assert infer_month_first(["21.11.2017", "2017/11/21"]) is None


def test_only_numbers_up_to_twelve_are_in_doubt() -> None:
    assert is_order_unknown("03/04/2017")
    assert not any(
        map(is_order_unknown, ["04/04/2017", "21/11/2017", "03.04.2017", "2017/03/04", "3 April 2017", None])
    )
