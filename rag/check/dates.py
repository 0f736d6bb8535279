"""Calendar dates in running text, complete or not, and what they resolve to in a dated article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from rag.check.words import vocabulary

_MONTHS = vocabulary("january february march april may june july august september october november december")
_WEEKDAYS = vocabulary("monday tuesday wednesday thursday friday saturday sunday")
_SHORT_WEEKDAYS = {"tue": 1, "tues": 1, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[0-9]\d\d|20\d\d)"
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
    |\b(?P<ago>\d{{1,3}}|a|an|one|two|three|four|five|six|seven|eight|nine|ten)
        \ (?P<span>days?|weeks?|months?|years?)\ ago\b
    |(?<![\d.,$£€-])\b(?P<year4>1[5-9]\d\d|20\d\d)\b
        (?![.,]\d|%|\ (?:per\ ?cent|percent|million|billion|dollars|people)\b)
    |(?<!\w)(?P<month4>(?-i:January|February|April|June|July|August|September|October|November|December
        |JANUARY|FEBRUARY|APRIL|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER))\b
    |\b(?:in|since|by|until|till|of|last|next|this|late|early|mid|from|during|through)[\ -]
        (?P<month5>(?-i:May|March|MAY|MARCH))\b(?!,?\ (?:of\ )?{_YEAR}\b|\ {_DAY}\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_COUNTS = dict(zip(vocabulary("one two three four five six seven eight nine ten"), range(1, 11), strict=True))
_COUNTS |= {"a": 1, "an": 1}
_TODAY = frozenset({"today", "tonight", "this morning", "this afternoon", "this evening"})
_NOT_A_FACT = _TODAY | {"this week", "this month", "this year"}


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


def find_dates(text: str) -> list[DateMention]:
    """Finds the dates of a text that went through ``words.plain``, in order. "May" needs a day, year or preposition."""
    found = [mention for match in _DATE.finditer(text) for mention in _mentions(match)]
    return [mention for mention in found if mention.readings or mention.relative]


def without_dates(text: str) -> str:
    """Returns a plain text with a blank in place of each date."""
    out, at = [], 0
    for mention in find_dates(text):
        if mention.start >= at:
            out.append(text[at : mention.start])
            at = mention.end
    return " ".join([*out, text[at:]])


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
        relative = f"{_COUNTS.get(count) or int(count)} {found['span'].lower().rstrip('s')} ago"
        readings.append(())
    elif "relative" in found:
        relative = found["relative"].lower()
        readings.append(())
    elif "year4" in found:
        readings.append((PartialDate(int(found["year4"])),))
    else:
        month = next(_month(value) for name, value in found.items() if name.startswith("month"))
        year_text = next((value for name, value in found.items() if name.startswith("year")), None)
        known_year = int(year_text) if year_text else None
        days = [_number(found[name]) for name in ("from1", "day1", "day2", "to2") if name in found]
        readings.extend((PartialDate(known_year, month, day),) for day in days)
        if not days:
            readings.append((PartialDate(known_year, month),))
    return [DateMention(match.group(), match.start(), match.end(), options, relative) for options in readings]


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


class StatedDates:
    """The dates that an article's words state, with what its publication date lets them resolve to."""

    def __init__(self, mentions: Sequence[DateMention], published: date | None) -> None:
        """Indexes mentions; without ``published``, relative words match only themselves."""
        self._relative = {mention.relative for mention in mentions if mention.relative}
        self._published = published
        self._known: set[PartialDate] = set()
        for mention in mentions:
            self._known.update(mention.readings)
            for reading in mention.readings:
                self._known.update(_resolutions(reading, published))
            if mention.relative and published:
                self._known.update(_relative_date(mention.relative, published))
        self._known = {_with_weekday(known) for known in self._known}
        self._years = {known.year for known in self._known if known.year}

    def accept(self, day: date) -> None:
        """Adds a date that is known from elsewhere, such as the publication date of a publisher that is named."""
        self._known.add(_with_weekday(PartialDate(day.year, day.month, day.day)))
        self._years.add(day.year)

    def support(self, mention: DateMention) -> bool:
        """Tells whether the mentioned date is stated, or is what a stated one resolves to."""
        if mention.relative:
            if mention.relative in self._relative:
                return True
            if self._published is None:
                return False
            wanted = _relative_date(mention.relative, self._published)
        else:
            wanted = list(mention.readings)
        return any(self._matches(reading, known) for reading in wanted for known in self._known)

    def _matches(self, wanted: PartialDate, known: PartialDate) -> bool:
        lends_year = known.year is None and known.month is not None and wanted.year in self._years
        return (
            (wanted.year in (None, known.year) or lends_year)
            and wanted.month in (None, known.month)
            and wanted.day in (None, known.day)
            and wanted.weekday in (None, known.weekday)
        )


def _with_weekday(known: PartialDate) -> PartialDate:
    if known.year and known.month and known.day:
        try:
            return known._replace(weekday=date(known.year, known.month, known.day).weekday())
        except ValueError:  # 31 November: as written, it names no day
            return known
    return known


def _exact(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


def _resolutions(reading: PartialDate, published: date | None) -> list[PartialDate]:
    """Completes a weekday to the days within a week of publication, and a day or month to the years beside it."""
    if published is None:
        return []
    if reading.weekday is not None and reading.month is None:
        week = (_shift(published, days) for days in range(-7, 8))
        return [_exact(day) for day in week if day.weekday() == reading.weekday]
    if reading.month is not None and reading.year is None:
        distances = {year: (year - published.year) * 12 + reading.month - published.month for year in _years(published)}
        nearest = 6 if reading.day else 11
        return [reading._replace(year=year) for year, months in distances.items() if abs(months) <= nearest]
    return []


def _years(published: date) -> range:
    return range(published.year - 1, published.year + 2)


def _relative_date(words: str, published: date) -> list[PartialDate]:
    if words in _TODAY:
        return [_exact(published)]
    if words in ("yesterday", "tomorrow"):
        return [_exact(_shift(published, -1 if words == "yesterday" else 1))]
    if words == "last night":
        return [_exact(_shift(published, -1)), _exact(published)]
    if words.endswith(" ago"):
        count, unit, _ = words.split(" ")
        return _before(published, int(count), unit)
    side, unit = words.split(" ")
    step = {"last": -1, "this": 0, "next": 1}[side]
    if unit == "week":
        return []
    return _before(published, -step, unit)


def _before(published: date, count: int, unit: str) -> list[PartialDate]:
    if unit in ("day", "week"):
        return [_exact(_shift(published, -count * (7 if unit == "week" else 1)))]
    if unit == "month":  # a negative count looks ahead
        months = published.year * 12 + published.month - 1 - count
        return [PartialDate(months // 12, months % 12 + 1)]
    return [PartialDate(published.year - count)]


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
