"""The period that a question limits itself to: "in October 2015", "last week", "since 20 November"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from rag.ingest.event_dates import find_event_dates

_BEFORE = re.compile(
    r"\b(?P<how>in|during|on|since|from|between|within|throughout|after|before|until|till)\s+"
    r"(?:the\s+(?:month|year|summer|autumn|fall|winter|spring)\s+of\s+)?(?:early\s+|late\s+|mid[\s-])?(?:the\s+)?$",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?:yesterday|last (?:week|month|year|weekend)|(?:the )?(?:last|past) (?:\w+ )?(?:day|week|month|year)s?"
    r"|\w+ (?:day|week|month)s ago|a (?:day|week|month) ago)$",
    re.IGNORECASE,
)
_NOW = re.compile(r"(?:today|this (?:week|month|year|morning|afternoon|evening|weekend))$", re.IGNORECASE)
_CALENDAR = re.compile(r"\d|^(?:last |this )?[A-Z][a-z]+$")
_WEEKDAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day|^(?:the )?\w+day\b", re.IGNORECASE)
_MEASURED = re.compile(r"\b(?:over|than|compared (?:with|to))\s+(?:the\s+)?$", re.IGNORECASE)
_TO = re.compile(r"\s+(?:and|to|until|till|through)\s+(?:the\s+)?", re.IGNORECASE)
_BESIDE = re.compile(r"(?:,\s*|,?\s+(?:and|or)\s+)(?:in\s+|on\s+)?", re.IGNORECASE)
_DAY = re.compile(r"\b(?:\d{1,2}(?:st|nd|rd|th)?\b|\d{4}-\d\d-\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """A first and a last day, and the words of the question that say so."""

    first: date
    last: date
    words: str


def named_period(question: str, today: date | None) -> Period | None:
    """Returns the period that a question asks of; ``None`` when it names none.

    "Last week" counts from ``today``. "This week" limits nothing: half of all questions about news say it of what was
    new when they were asked. Read as a limit it loses, of 104 such questions of 2022 asked with their day, 20 of the
    articles with the answer by publication alone, and 9 still where an article may also speak of a day of the period.
    A time that only names a thing, "the 2020 election" or "a card from 1952", that is still to come when the newest
    article was written, or that is set beside another time limits nothing either.

    Args:
        question: The standalone question.
        today: The day the reader asks on, or else that of the newest article: in an archive no other day is at hand.
    """
    periods: list[Period] = []
    dates = find_event_dates(question, today)
    for found, following in zip_longest(dates, dates[1:]):
        words = found.span.of(question)
        before, after = question[: found.span.start], question[found.span.end :]
        if _MEASURED.search(before) or re.match(r"['’]s?\b", after) or (today and found.first > today):
            continue
        how = _BEFORE.search(before)
        if _PAST.match(words):
            periods.append(_limited(how["how"].lower() if how else "in", found.first, found.last, words))
            continue
        if how is None or _NOW.match(words) or _WEEKDAY.match(words) or not _CALENDAR.search(words):
            continue
        said = how["how"].lower()
        whole = f"{how.group().strip()} {words}"
        until = following and _TO.fullmatch(question[found.span.end : following.span.start])
        if said in ("between", "from") and following and until and found.first <= following.last:
            upto = question[found.span.end : following.span.end]
            periods.append(Period(found.first, following.last, f"{whole}{upto}"))
        elif following and _BESIDE.fullmatch(question[found.span.end : following.span.start]):
            return None  # "in 1830 and 1848"
        elif _DAY.search(words) or said not in ("after", "before", "until", "till", "from"):
            periods.append(_limited(said, found.first, found.last, whole))
    return periods[0] if len({(period.first, period.last) for period in periods}) == 1 else None


def _limited(how: str, first: date, last: date, words: str) -> Period:
    if how in ("since", "after"):
        return Period(first, date.max, words)
    if how in ("before", "until", "till"):
        return Period(date.min, last, words)
    if how == "from" and first == last:
        return Period(first, date.max, words)
    return Period(first, last, words)
