"""What the words of a date resolve to: the first and the last day they can mean, given the day of publication.

The only place that does so: events are dated by it at ingest, and the checks of dates and of disagreements rest on it.
The notions are those of TIMEX3 (Pustejovsky and others, "TimeML", 2003) and of HeidelTime (Strötgen and Gertz 2010):
a weekday is completed in the direction of the tense, and a week is one of the calendar, from Monday to Sunday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from rag.ingest.date_words import TODAY, PartialDate

# A day of a month without a year is rarely far away in another year when one at hand has its name.
_FAR, _NEAR = 180, 120
_VERY_FAR, _VERY_NEAR = 300, 65


class Direction(Enum):
    """On which side of publication a day lies, as far as the sentence tells."""

    PAST = "past"
    FUTURE = "future"
    NEAREST = "nearest"


class Interval(NamedTuple):
    """From a first to a last day; both are the same when one day is meant."""

    first: date
    last: date

    @property
    def as_partial(self) -> PartialDate | None:
        """The interval as a day, calendar month or year; ``None`` when it is none of these."""
        first, last = self
        if first == last:
            return PartialDate(first.year, first.month, first.day)
        if self == of_month(first.year, first.month):
            return PartialDate(first.year, first.month)
        return PartialDate(first.year) if self == of_year(first.year) else None


def shift(day: date, days: int) -> date:
    """Returns the day so many days later; one outside the calendar becomes its first or last day."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def of_day(day: date) -> Interval:
    """Returns one day."""
    return Interval(day, day)


def of_week(day: date, weeks: int = 0) -> Interval:
    """Returns the calendar week so many weeks after that of ``day``."""
    monday = shift(day, 7 * weeks - day.weekday())
    return Interval(monday, shift(monday, 6))


def of_month(year: int, month: int) -> Interval:
    """Returns a calendar month."""
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) if (year, month) != (9999, 12) else date.max
    return Interval(date(year, month, 1), last)


def of_year(year: int) -> Interval:
    """Returns a calendar year."""
    return Interval(date(year, 1, 1), date(year, 12, 31))


def unit_around(day: date, unit: str, count: int = 0) -> Interval | None:
    """Returns the day, week, month or year that lies ``count`` of them after the one ``day`` is in.

    ``None`` when that is outside the calendar.
    """
    try:
        if unit == "day":
            return of_day(day + timedelta(days=count))
        if unit == "week":
            return of_week(day + timedelta(weeks=count))
        if unit == "month":
            months = day.year * 12 + day.month - 1 + count
            return of_month(months // 12, months % 12 + 1)
        return of_year(day.year + count)
    except (OverflowError, ValueError):
        return None


def away(day: date, unit: str, count: int) -> Interval | None:
    """Returns what is ``count`` units after a day: "two weeks ago" is a day, "two months ago" a month."""
    return unit_around(day, "day", 7 * count) if unit == "week" else unit_around(day, unit, count)


def resolve_relative(words: str, published: date) -> Interval | None:
    """Resolves the normal form of relative words, ``DateMention.relative``."""
    if words in TODAY:
        return of_day(published)
    if words in ("yesterday", "last night", "tomorrow"):
        return unit_around(published, "day", 1 if words == "tomorrow" else -1)
    if words.endswith(" ago"):
        count, unit, _ = words.split(" ")
        return away(published, unit, -int(count))
    side, unit = words.split(" ")
    return unit_around(published, unit, {"last": -1, "this": 0, "next": 1}[side])


def resolve(reading: PartialDate, published: date | None, direction: Direction = Direction.PAST) -> Interval | None:
    """Resolves a date as written, complete or not.

    Args:
        reading: What is written.
        published: The day of publication; without it only what names its year resolves.
        direction: Decides between the days that a weekday, a month or a day without its year can mean.

    Returns:
        ``None`` when it cannot be told, or names no day of the calendar.
    """
    if reading.year is not None:
        return _stated(reading)
    if published is None:
        return None
    options = [found for option in possible(reading, published) if (found := _stated(option))]
    if not options:
        return None
    before = max((i for i in options if i.first <= published), default=None)
    after = min((i for i in options if i.last >= published), default=None)
    if before is None or after is None:
        return before or after
    back, ahead = max(0, (published - before.last).days), max(0, (after.first - published).days)
    if reading.day and _is_out_of_reach(before, back, ahead, published):
        return after
    if reading.day and _is_out_of_reach(after, ahead, back, published):
        return before
    if direction is Direction.NEAREST:
        return before if back < ahead else after
    return before if direction is Direction.PAST else after


def _is_out_of_reach(interval: Interval, distance: int, other: int, published: date) -> bool:
    if distance > _VERY_FAR:
        return other < _VERY_NEAR
    return distance > _FAR and other < _NEAR and interval.first.year != published.year


def possible(reading: PartialDate, published: date) -> list[PartialDate]:
    """Returns what a date without its year can mean: the weekdays within a week, the months within some two years."""
    if reading.year is not None:
        return [reading]
    if reading.month is None:
        week = (shift(published, days) for days in range(-7, 8))
        return [_exact(day) for day in dict.fromkeys(week) if day.weekday() == reading.weekday]
    years = [year for year in range(published.year - 1, published.year + 2) if date.min.year <= year <= date.max.year]
    options = [reading._replace(year=year) for year in years]
    if reading.day and reading.weekday is not None:
        fitting = [o for o in options if (i := _stated(o)) and i.first.weekday() == reading.weekday]
        return fitting or options
    return options


def nearest_months(readings: Iterable[PartialDate], published: date) -> list[PartialDate]:
    """Keeps the readings at most half a year away, or eleven months where no day is named."""
    return [
        r for r in readings
        if r.year and r.month
        and abs((r.year - published.year) * 12 + r.month - published.month) <= (6 if r.day else 11)
    ]  # fmt: skip


def _stated(reading: PartialDate) -> Interval | None:
    try:
        if reading.year is None:
            return None
        if reading.month is None:
            return of_year(reading.year)
        if reading.day is None:
            return of_month(reading.year, reading.month)
        return of_day(date(reading.year, reading.month, reading.day))
    except ValueError:  # 31 November: as written, it names no day
        return None


def _exact(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)
