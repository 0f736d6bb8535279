from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.dates import PartialDate, StatedDates, find_dates

PUBLISHED = date(2017, 11, 21)


def supports(claim: str, evidence: str, published: date | None = PUBLISHED) -> bool:
    stated = StatedDates(find_dates(evidence), published)
    return all(stated.support(mention) for mention in find_dates(claim))


@pytest.mark.parametrize(
    "text",
    ["21 November 2017", "November 21, 2017", "21st of November 2017", "2017-11-21", "Nov. 21 2017", "21/11/2017"],
)
def test_complete_dates_are_one(text: str) -> None:
    [mention] = find_dates(text)
    assert mention.readings == (PartialDate(2017, 11, 21),)
    assert mention.text == text


def test_a_month_after_a_preposition_keeps_its_year() -> None:
    [mention] = find_dates("protests in March 2011")
    assert mention.readings == (PartialDate(2011, 3),)
    assert [m.readings for m in find_dates("it began in March")] == [(PartialDate(None, 3),)]


def test_an_ambiguous_date_keeps_both_readings() -> None:
    assert find_dates("5/4/2017")[0].readings == (PartialDate(2017, 4, 5), PartialDate(2017, 5, 4))


@pytest.mark.parametrize(
    "text", ["It may rain", "They march on", "MAY THEY MARCH", "2017.5 tons", "$2017", "2000 people"]
)
def test_these_are_not_dates(text: str) -> None:
    assert find_dates(text) == ()


def test_a_range_is_two_dates() -> None:
    assert [mention.readings[0].day for mention in find_dates("21-23 November and May 3 to 5")] == [21, 23, 3, 5]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("in May", "on May 3"),
        ("in 2017", "on 3 May 2017"),
        ("22 November 2017", "Wednesday's talks"),
        ("14 November", "last Tuesday"),
        ("20 November 2017", "on 20 November"),
        ("October 2017", "last month"),
        ("in 2016", "last year"),
        ("18 November 2017", "three days ago"),
        ("14 November 2017", "one week ago"),
        ("Tuesday", "on 21 November"),
        ("yesterday", "on Monday"),
        ("3 May 2011", "It began in 2011. On 3 May it spread."),
    ],
)
def test_resolves(claim: str, evidence: str) -> None:
    assert supports(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("in June", "on May 3"),
        ("3 May 2011", "3 May 2012"),
        ("23 November 2017", "Wednesday's talks"),
        ("Friday", "on 21 November 2017"),
        ("1 November 2017", "on Wednesday"),
        ("on May 3", "in May"),
    ],
)
def test_does_not_resolve(claim: str, evidence: str) -> None:
    assert not supports(claim, evidence)


@given(st.dates())
def test_a_date_is_found_as_it_is_written(day: date) -> None:
    for text in (f"{day:%d} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", day.isoformat()):
        mentions = find_dates(text)
        if 1000 <= day.year < 2100:
            assert [mention.readings for mention in mentions] == [(PartialDate(day.year, day.month, day.day),)]


@given(st.dates(), st.sampled_from(["yesterday", "tomorrow", "last year", "next month", "ten weeks ago", "on Monday"]))
def test_no_date_is_too_early_or_late(day: date, words: str) -> None:
    assert supports(words, words, day)
