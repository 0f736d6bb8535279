"""The words of calendar dates in running text: complete, or relative to when the text came out.

What they resolve to is in ``rag.ingest.resolution``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.vocabulary import vocabulary

_MONTHS = vocabulary("january february march april may june july august september october november december")
_WEEKDAYS = vocabulary("monday tuesday wednesday thursday friday saturday sunday")
_SHORT_WEEKDAYS = {"tue": 1, "tues": 1, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
_NUMBER_WORDS = vocabulary(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
COUNTS = {word: number for number, word in enumerate(_NUMBER_WORDS, 1)} | {"a": 1, "an": 1}
_MONTH = (
    r"(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[0-9]\d\d|20\d\d)"
_AFTER_PREPOSITION = "|".join(
    rf"(?<=\b{word}[\ -])"
    for word in vocabulary("in since by until till of last next this late early mid from during through")
)
_DATE = re.compile(
    rf"""\b(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b
    |\b(?P<slashed>\d{{1,2}}/\d{{1,2}}/(?:{_YEAR}|\d\d))\b
    |\b(?:(?P<from1>{_DAY})\ ?(?:-|to|and)\ ?)?(?P<day1>{_DAY})\ (?:of\ )?(?P<month1>{_MONTH})
        (?:,?\ (?P<year1>{_YEAR})\b)?
    |\b(?P<month2>{_MONTH})\ (?:the\ )?(?P<day2>{_DAY})\b(?:\ ?(?:-|to|and)\ ?(?P<to2>{_DAY})\b)?
        (?:,?\ (?P<year2>{_YEAR})\b)?
    |\b(?P<month3>{_MONTH}),?\ (?:of\ )?(?P<year3>{_YEAR})\b
    |\b(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?-i:Tue|Tues|Weds|Thu|Thur|Thurs|Fri)\b\.?)\b
    |\b(?P<relative>yesterday|today|tonight|tomorrow|last\ night|this\ (?:morning|afternoon|evening)
        |(?:last|next|this)\ (?:week|month|year))\b
    |\b(?P<ago>\d{{1,3}}|a|an|{"|".join(_NUMBER_WORDS)})\ (?P<span>days?|weeks?|months?|years?)\ ago\b
    |(?<![\d.,$£€-])\b(?P<year4>1[5-9]\d\d|20\d\d)\b
        (?![.,]\d|%|\ (?:per\ ?cent|percent|million|billion|dollars|people)\b)
    |(?<!\w)(?P<month4>(?-i:January|February|April|June|July|August|September|October|November|December
        |JANUARY|FEBRUARY|APRIL|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER))\b
    |(?:{_AFTER_PREPOSITION})(?P<month5>(?-i:May|March|MAY|MARCH))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
TODAY = frozenset({"today", "tonight", "this morning", "this afternoon", "this evening"})
_NOT_A_FACT = TODAY | {"this week", "this month", "this year"}


class PartialDate(NamedTuple):
    """What is known of a date; ``weekday`` counts from Monday = 0."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


class DateMention(NamedTuple):
    """A date in a text: its words and place, its possible readings, and for relative words their normal form."""

    text: str
    start: int
    end: int
    readings: tuple[PartialDate, ...]
    relative: str = ""

    @property
    def is_fact(self) -> bool:
        """False for words such as "today" that often mean no more than "now"."""
        return self.relative not in _NOT_A_FACT


def find_dates(text: str) -> tuple[DateMention, ...]:
    """Finds the dates of a text with plain quotes and hyphens, in order. "May" needs a day, year or preposition.

    A range such as "20-22 November" gives two mentions of the same words.
    """
    found = [mention for match in _DATE.finditer(text) for mention in _mentions(match)]
    return tuple(mention for mention in found if mention.readings or mention.relative)


def _mentions(match: re.Match[str]) -> list[DateMention]:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    readings: list[tuple[PartialDate, ...]] = []
    relative = ""
    if "iso" in found:
        year, month, day = (int(part) for part in found["iso"].split("-"))
        readings.append((PartialDate(year, month, day),))
    elif "slashed" in found:
        readings.append(_slashed(found["slashed"]))
    elif "weekday" in found:
        key = found["weekday"].lower().rstrip(".")
        index = _SHORT_WEEKDAYS.get(key)
        readings.append((PartialDate(weekday=_WEEKDAYS.index(key.removesuffix("s")) if index is None else index),))
    elif "ago" in found:
        count = found["ago"].lower()
        relative = f"{COUNTS.get(count) or int(count)} {found['span'].lower().rstrip('s')} ago"
        readings.append(())
    elif "relative" in found:
        relative = found["relative"].lower()
        readings.append(())
    elif "year4" in found:
        readings.append((PartialDate(int(found["year4"])),))
    elif _is_common_word(found):
        return []
    else:
        month = next(_month(value) for name, value in found.items() if name.startswith("month"))
        year_text = next((value for name, value in found.items() if name.startswith("year")), None)
        known_year = int(year_text) if year_text else None
        days = [_number(found[name]) for name in ("from1", "day1", "day2", "to2") if name in found]
        readings.extend((PartialDate(known_year, month, day),) for day in days)
        if not days:
            readings.append((PartialDate(known_year, month),))
    return [DateMention(match.group(), match.start(), match.end(), options, relative) for options in readings]


def _is_common_word(found: dict[str, str]) -> bool:
    """Tells "the 20 may stay" and "march 3 miles" from dates: people write these two months with a capital."""
    month = next(value for name, value in found.items() if name.startswith("month"))
    return month in ("may", "march") and not any(name.startswith("year") for name in found)


def _month(text: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(text.lower().rstrip(".")[:3]))


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _slashed(text: str) -> tuple[PartialDate, ...]:
    first, second, year = (int(part) for part in text.split("/"))
    if year < 100:
        year += 2000 if year < 70 else 1900
    options = {PartialDate(year, month, day) for day, month in ((first, second), (second, first)) if 0 < month <= 12}
    return tuple(sorted(options))
