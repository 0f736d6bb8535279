from __future__ import annotations

import re
import time
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.event_dates import find_event_dates

TUESDAY = date(2017, 11, 21)


def dates(text: str, published: date | None = TUESDAY) -> dict[str, str]:
    """Returns the words found, with their days: one, or first and last."""
    found = find_event_dates(text, published)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    return {
        d.span.of(text): str(d.first) if d.first == d.last else f"{d.first}..{d.last}"
        for d in found
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("They met on Tuesday.", "Tuesday", "2017-11-21"),
        ("They met on Wednesday.", "Wednesday", "2017-11-15"),
        ("They will meet on Wednesday.", "Wednesday", "2017-11-22"),
        ("They will meet later on Tuesday.", "Tuesday", "2017-11-21"),
        ("He said on Monday that he would resign.", "Monday", "2017-11-20"),
        ("He said he would resign on Monday.", "Monday", "2017-11-27"),
        ("By receiving him first, on Monday, it could tell them what had been agreed.", "Monday", "2017-11-20"),
        ("On Thursday, after a night of talks, the ministers will sign.", "Thursday", "2017-11-23"),
        ("He resigned, and on Friday the party will choose another.", "Friday", "2017-11-24"),
        ("The road will be closed until Sunday.", "Sunday", "2017-11-26"),
        ("The shop will help those hurt since Sunday.", "Sunday", "2017-11-19"),
        ("Tempers rose ahead of Saturday's vote.", "Saturday", "2017-11-25"),
        ("Tempers rose after Saturday's vote.", "Saturday", "2017-11-18"),
        ("They met in the same city where Wednesday's talks will take place.", "Wednesday", "2017-11-22"),
        ("They will meet in the city where Wednesday's first talks were held.", "Wednesday", "2017-11-15"),
        ("They condemned Wednesday's raid and will sue.", "Wednesday", "2017-11-15"),
        ("The fair opens on Thursday.", "Thursday", "2017-11-23"),
        ("It is expected to land on Thursday.", "Thursday", "2017-11-23"),
        ("She is accused of leaving on Thursday.", "Thursday", "2017-11-16"),
        ("She may have left on Thursday.", "Thursday", "2017-11-16"),
        ("They met last Tuesday.", "last Tuesday", "2017-11-14"),
        ("They meet next Tuesday.", "next Tuesday", "2017-11-28"),
        ("They meet this Friday.", "this Friday", "2017-11-24"),
        ("They met on Friday last week.", "Friday last week", "2017-11-17"),
        ("He spoke on Monday night.", "Monday night", "2017-11-20"),
        ("He called in an interview on Monday.", "Monday", "2017-11-20"),
        ("He left on Nov 20.", "Nov 20", "2017-11-20"),
        ("He left on 30 March.", "30 March", "2017-03-30"),
        ("He will leave on 2 January.", "2 January", "2018-01-02"),
        ("He left on Sunday, Nov. 19.", "Sunday, Nov. 19", "2017-11-19"),
        ("He left on 3 May 2011.", "3 May 2011", "2011-05-03"),
        ("He left yesterday.", "yesterday", "2017-11-20"),
        ("He left the day before yesterday.", "the day before yesterday", "2017-11-19"),
        ("He left three days ago.", "three days ago", "2017-11-18"),
        ("He left twelve days ago.", "twelve days ago", "2017-11-09"),
        ("He left last night.", "last night", "2017-11-20"),
        ("The court on Wednesday also set new terms.", "Wednesday", "2017-11-15"),
        ("Posting it on Friday, Ms Cheney, who is married, smiled.", "Friday", "2017-11-17"),
        ("Results are due in three days.", "three days", "2017-11-24"),
    ],
)
def test_a_day(text: str, words: str, day: str) -> None:
    assert dates(text) == {words: day}


@pytest.mark.parametrize(
    ("text", "words", "days"),
    [
        ("It fell last month.", "last month", "2017-10-01..2017-10-31"),
        ("It fell last week.", "last week", "2017-11-13..2017-11-19"),
        ("It will rise next week.", "next week", "2017-11-27..2017-12-03"),
        ("It fell earlier this year.", "earlier this year", "2017-01-01..2017-11-21"),
        ("It will rise later this month.", "later this month", "2017-11-21..2017-11-30"),
        ("It fell in October.", "October", "2017-10-01..2017-10-31"),
        ("It has risen since March.", "March", "2017-03-01..2017-03-31"),
        ("It fell in December.", "December", "2016-12-01..2016-12-31"),
        ("It will fall in December.", "December", "2017-12-01..2017-12-31"),
        ("It fell last November.", "last November", "2016-11-01..2016-11-30"),
        ("It fell in March 2009.", "March 2009", "2009-03-01..2009-03-31"),
        ("It fell in 2009.", "2009", "2009-01-01..2009-12-31"),
        ("It lasted from Sept. 20-22 in all.", "Sept. 20-22", "2017-09-20..2017-09-22"),
        ("It fell over the weekend.", "the weekend", "2017-11-18..2017-11-19"),
        ("It will rise this weekend.", "this weekend", "2017-11-25..2017-11-26"),
        ("It fell over the past two weeks.", "the past two weeks", "2017-11-07..2017-11-21"),
        ("It fell two years ago.", "two years ago", "2015-01-01..2015-12-31"),
    ],
)
def test_a_stretch_of_days(text: str, words: str, days: str) -> None:
    assert dates(text) == {words: days}


@pytest.mark.parametrize(
    ("text", "leaning", "day"),
    [
        ("They met on Sunday. The previous day the army had left.", "The previous day", "2017-11-18"),
        ("They met on Sunday; a week earlier he had refused.", "a week earlier", "2017-11-12"),
        ("They met on 14 February 2012 and married two days later.", "two days later", "2012-02-16"),
    ],
)
def test_words_that_lean_on_another_date(text: str, leaning: str, day: str) -> None:
    assert dates(text)[leaning] == day


@pytest.mark.parametrize(
    "text",
    [
        "The previous day the army had left.",
        "It may rain and they march on; the 20 may stay.",
        "She writes for the Sunday Times.",
        "Sales rose on Black Friday.",
        "He plays for Sheffield Wednesday.",
        "They meet on Fridays and every Monday.",
        "He told USA TODAY so.",
        "Survivors of the Sept. 11 attacks came.",
        "April Jones wrote it, and 2000 troops and 1800 homes were there.",
        "It was seen in recent weeks.",
        "Wait a second.",
        "It will be the fastest pace in 40 years and the third rise in two weeks.",
        "See https://news.example/health/2021/story.",
        "Theresa May spoke of May and of March 40.",
    ],
)
def test_no_dates(text: str) -> None:
    assert set(dates(text)) <= {"March"}


def test_the_month_of_may_is_no_sign_of_the_future() -> None:
    assert dates("The court on Wednesday asked for a May 13 hearing.")["Wednesday"] == "2017-11-15"
    assert dates("In its May 13 order on Wednesday")["Wednesday"] == "2017-11-15"


def test_without_a_day_of_publication_only_years_resolve() -> None:
    text = "He left on Tuesday, last month, on 20 November and in May, and came back on 3 May 2016 and in 2017."
    assert dates(text, None) == {"3 May 2016": "2016-05-03", "2017": "2017-01-01..2017-12-31"}


def test_offsets_are_those_of_the_text_as_it_is() -> None:
    assert dates("😀 “Ça va” – the 20–22 November talks…") == {"20–22 November": "2017-11-20..2017-11-22"}


@given(st.dates(), st.dates())
def test_a_full_date_does_not_depend_on_publication(day: date, published: date) -> None:
    if 1000 <= day.year < 2100:
        text = f"It began on {day.day} {day:%B} {day.year}."
        assert list(dates(text, published).values()) == [str(day)]


_PIECES = (
    "on Monday. last next week year ago two the previous day in May March 12 31 November 2017 will said until weekend"
    " later this month earlier days past three yesterday, Sept. 11 time's “ – \n 😀"
)
_WORDS = st.sampled_from(re.findall(r"[^ ]+", _PIECES))


@given(st.lists(_WORDS, max_size=30).map(" ".join), st.none() | st.dates())
def test_any_text_gives_ordered_spans_and_days(text: str, published: date | None) -> None:
    for found in find_event_dates(text, published):
        assert timedelta(0) <= found.last - found.first <= timedelta(days=366 * 1000)
        assert found.span.of(text).strip()


@given(
    st.dates(date(2, 1, 1), date(9998, 12, 31)),
    st.sampled_from(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]),
)
def test_past_and_future_weekdays_are_the_nearest_on_their_side(published: date, name: str) -> None:
    [past] = find_event_dates(f"They met on {name}.", published)
    [future] = find_event_dates(f"They will meet on {name}.", published)
    assert timedelta(0) <= published - past.first < timedelta(7)
    assert timedelta(0) <= future.first - published < timedelta(7)


@pytest.mark.parametrize("piece", ["Monday ", "in May ", "a day later ", "1 “a. ", "May 1 ", "last ", "Mr. A ", "\n"])
def test_huge_texts_take_linear_time(piece: str) -> None:
    times = []
    for length in (4_000, 32_000):
        started = time.process_time()
        find_event_dates(piece * (length // len(piece)), TUESDAY)
        times.append(time.process_time() - started)
    assert times[1] < 30 * times[0] + 0.5  # eight times the text; the square would be 64 times the time
