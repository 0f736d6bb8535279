"""Publication dates: read exactly as stated, or left unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

_LONGEST = 100
_YEAR_FIRST = re.compile(r"(\d{4})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})(?=$|[T\s,])", re.ASCII)
_COMPACT = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)(?=$|T\d)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?=$|[T\s,])", re.ASCII)
_WITH_MONTH_NAME = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
# Two defaults that differ in every part: a part that dateutil fills in itself then differs in the results.
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 2, 2))


def parse_published(value: object, *, month_first: bool | None = None, today: date | None = None) -> date | None:
    """Reads a stated publication date; a missing part is never guessed, so ``2017`` or ``Tuesday`` give ``None``.

    Understood are dates and datetimes, ISO 8601, ``2022/06/12``, ``20220612``, RFC 2822 and English dates with the
    month's name. A time of day and its zone are ignored: the date is the one the source wrote. Of numbers with the
    year last, dots mean day.month.year; with slashes or hyphens a number above 12 tells the day, and otherwise the
    order is unknown unless ``month_first`` says it. A two-digit year is the latest one that is not in the future.

    Args:
        value: What the source states: text, or a date that a format already parsed.
        month_first: Order of month and day in this source, where something else in the source shows it.
        today: The day on which "future" is decided; the current day by default.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not (text := value.strip()) or len(text) > _LONGEST:
        return None
    if found := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return _date(*(int(part) for part in found.groups()))
    today = today or date.today()
    if found := _YEAR_LAST.match(text):
        first, second, year = int(found[1]), int(found[3]), found[4]
        if found[2] == ".":
            month_first = False
        elif max(first, second) > 12:
            month_first = second > 12
        elif first == second:
            month_first = True
        if month_first is None:
            return None
        month, day = (first, second) if month_first else (second, first)
        return _with_century(year, month, day, today)
    return _parse_named_month(text, today) if _WITH_MONTH_NAME.search(text) else None


def infer_month_first(values: Iterable[str]) -> bool | None:
    """Tells the order of month and day from the dates of one source, where a number above 12 gives it away.

    Returns:
        ``None`` when no date tells, or when dates tell different orders.
    """
    orders: set[bool] = set()
    for value in values:
        if (found := _YEAR_LAST.match(value.strip())) and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            if first <= 12 < second <= 31:
                orders.add(True)
            elif second <= 12 < first <= 31:
                orders.add(False)
        if len(orders) == 2:
            return None
    return orders.pop() if orders else None


def is_order_unknown(value: object) -> bool:
    """Returns whether a date could be either month/day or day/month."""
    if not isinstance(value, str) or not (found := _YEAR_LAST.match(value.strip())):
        return False
    first, second = int(found[1]), int(found[3])
    return found[2] != "." and first != second and max(first, second) <= 12


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_century(year: str, month: int, day: int, today: date) -> date | None:
    if len(year) == 4:
        return _date(int(year), month, day)
    for century in range(today.year // 100 * 100, 0, -100):
        found = _date(century + int(year), month, day)
        if found and found <= today:
            return found
    return None


def _parse_named_month(text: str, today: date) -> date | None:
    from dateutil import parser

    try:
        first, second = (parser.parse(text, default=default, ignoretz=True) for default in _DEFAULTS)
    except (ValueError, OverflowError, TypeError):
        return None
    if first.date() != second.date():
        return None
    if re.search(r"\d{4}", text) is None or f"{first.year:04d}" not in text:
        return _with_century(f"{first.year % 100:02d}", first.month, first.day, today)
    return first.date()
