"""Dates that an article states, and whether they bear out a date that is claimed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from rag.ingest.date_words import DateMention, PartialDate
from rag.ingest.date_words import find_dates as _read_dates
from rag.ingest.resolution import nearest_months, possible, resolve_relative

__all__ = ["DateMention", "PartialDate", "StatedDates", "find_dates", "is_when_said", "of_events", "without_dates"]

T = TypeVar("T")

# What is announced "on Monday" with its object, a resignation, is announced then.
_SAID = re.compile(
    r"\b(?:(?:said|says|told)\s+(?:[\w']+\s+){0,2}?|(?:reported|announced|added)\s+)(?:on|late|early)\s+$"
)


@lru_cache(2_048)  # as of words; not of whole articles, which an ingest reads once each
def find_dates(text: str) -> tuple[DateMention, ...]:
    """Finds the dates of a text; see ``rag.ingest.date_words.find_dates``."""
    return _read_dates(text)


def without_dates(text: str) -> str:
    """Returns a plain text with a blank in place of each date."""
    out, at = [], 0
    for mention in find_dates(text):
        if mention.start >= at:
            out.append(text[at : mention.start])
            at = mention.end
    return " ".join([*out, text[at:]])


def is_when_said(before: str) -> bool:
    """Tells from the words before a date whether it is when somebody said it: "the Kremlin said on Tuesday"."""
    return bool(_SAID.search(before))


def of_events(days: Sequence[T], text: str, start: Callable[[T], int]) -> Sequence[T]:
    """Returns those days of a text on which something took place, not only was said; all if it has no such day.

    Args:
        days: What was found in the text.
        text: The text.
        start: Where in it a day stands.
    """
    return [day for day in days if not is_when_said(text[: start(day)])] or days


class StatedDates:
    """The dates that an article's words state, with what its publication date lets them resolve to."""

    def __init__(self, mentions: Sequence[DateMention], published: date | None) -> None:
        """Indexes mentions; without ``published``, relative words match only themselves."""
        self._relative = {mention.relative for mention in mentions if mention.relative}
        self._published = published
        self._known: set[PartialDate] = set()
        for mention in mentions:
            self._known.update(mention.readings)
            if published:
                for reading in mention.readings:
                    self._known.update(_resolutions(reading, published))
                self._known.update(_relative_dates(mention.relative, published))
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
            wanted = _relative_dates(mention.relative, self._published)
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


def _resolutions(reading: PartialDate, published: date) -> list[PartialDate]:
    """Completes a weekday to the days within a week of publication, and a day or month to the years beside it."""
    if reading.year is not None:
        return []
    options = possible(reading, published)
    return nearest_months(options, published) if reading.month else options


def _relative_dates(words: str, published: date) -> list[PartialDate]:
    """Returns the day, month or year of relative words; a week is none of these."""
    found = resolve_relative(words, published) if words else None
    known = found.as_partial if found else None
    if known is None:
        return []
    # What happened last night may be dated to either of its days.
    morning = PartialDate(published.year, published.month, published.day)
    return [known, morning] if words == "last night" else [known]
