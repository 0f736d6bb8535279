"""Days in words, as a reader is told them: "20 November 2017", "October 2017"."""

from __future__ import annotations

import re
from datetime import date, timedelta

_COMPLETE = re.compile(r"\b\d{4}\b|\b[A-Z][a-z]+\.? \d|\d(?:st|nd|rd|th)? [A-Z][a-z]")


def names_its_day(words: str) -> bool:
    """Tells whether words of a text name their year or a day of a month: "20 November", not "Tuesday"."""
    return bool(_COMPLETE.search(words))


def in_words(first: date, last: date) -> str:
    """Returns a day, month, year or stretch of days in words."""
    if first == last:
        return f"{first.day} {first:%B} {first.year}"
    after = last + timedelta(days=1) if last < date.max else last
    if first.day == after.day == 1 and (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1:
        return f"{first:%B} {first.year}"
    if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
        return str(first.year)
    shown = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        shown += f" {first:%B}" + (f" {first.year}" if first.year != last.year else "")
    return f"{shown} to {last.day} {last:%B} {last.year}"
