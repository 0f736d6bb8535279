"""When what a sentence tells took place, which is seldom the day on which it was printed.

The one place in which briefings resolve dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rag.check.datelines import without_datelines
from rag.check.dates import DateMention, PartialDate, find_dates
from rag.check.quotations import find_quotations
from rag.check.words import plain

_BACK = {
    "yesterday": -1, "last night": -1, "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0,
    "this evening": 0, "tomorrow": 1,
}  # fmt: skip
_AHEAD = re.compile(
    r"\b(?:will|would|due|expected|planned|scheduled|set to|next|coming|upcoming|(?:is|are|was|were) to|to be"
    r"|(?:votes|meets|faces|holds|hosts|begins|starts|opens|travels|returns|heads|goes) (?=[^,]*$))",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:had|said|told|made|announced|(?!(?:expected|planned|scheduled)\b)[a-z]{2,}ed)\b", re.IGNORECASE
)
_AFTER = re.compile(r"\b(?:after|following|since)\b")
_OF_YEAR = re.compile(r"(?:\s*(?:and|to|or|through|until|[-–])\s*[A-Z][a-z]+)?,?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d)\b")
_NEXT = re.compile(r"\b(?:next|this coming)\s+$", re.IGNORECASE)
_LAST = re.compile(r"\blast\s+$", re.IGNORECASE)
_FRAME = re.compile(r"\b(?:since|until|till|between|from)\s+(?:[\w']+\s+){0,9}$", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:who|whom|which|whose|where)\b[^;]*$", re.IGNORECASE)
_IN = re.compile(r"\b[Ii]n\s+(?:(?:early|late|mid)[- ])?$")
_CLAUSE = re.compile(r"[;:]|,|\b(?:and|but|while|which|who|where)\b")


@dataclass(frozen=True, slots=True)
class EventDay:
    """A day, month or year; ``ahead`` says that the source speaks of it as still to come."""

    year: int
    month: int | None = None
    day: int | None = None
    ahead: bool = False

    def sort_key(self) -> tuple[int, int, int]:
        """Returns what orders days; a month comes before its days."""
        return self.year, self.month or 0, self.day or 0

    def spoken(self) -> str:
        """Returns it in words."""
        if self.month is None:
            return str(self.year)
        named = f"{date(2000, self.month, 1):%B} {self.year}"
        return f"{self.day} {named}" if self.day else named

    def first_day(self) -> date:
        """Returns the first day it covers."""
        return date(self.year, self.month or 1, self.day or 1)


def event_day(sentence: str, published: date | None) -> EventDay | None:
    """Returns when the event of a sentence took or takes place; ``None`` when the sentence does not say.

    The first date outside quotation marks counts that is not the beginning or end of a period ("since 2011"). A
    weekday is the nearest before the day of publication or, in a clause about the future, after it.
    """
    text = without_datelines(plain(sentence))
    quoted = [(q.start, q.end) for q in find_quotations(text)]
    found: list[EventDay] = []
    for mention in find_dates(text):
        if any(start <= mention.start < end for start, end in quoted) or _FRAME.search(text[: mention.start]):
            continue
        if _is_possessive(mention, text):
            continue
        resolved = _resolved(mention, text, published, ahead=_speaks_ahead(text, mention.start, mention.end))
        if resolved is not None and (resolved.day or not _ASIDE.search(text[: mention.start])):
            found.append(resolved)
    exact = [day for day in found if day.day]
    return next(iter([*exact, *found]), None)


def day_at(text: str, start: int, end: int, published: date | None) -> EventDay | None:
    """Returns the day that the words ``text[start:end]`` of any text name; ``None`` when they name none."""
    mentions = find_dates(plain(text[start:end]))
    if not mentions:
        return None
    mention = mentions[0]._replace(start=start, end=end)
    return _resolved(mention, text, published, ahead=_speaks_ahead(text, start, end))


def _speaks_ahead(text: str, start: int, end: int) -> bool:
    """Tells whether the clause around a date speaks of the future, by its words before the date if there are any."""
    before = _CLAUSE.split(text[:start])[-1]
    if len(before.split()) > 1:
        # "will become law after the vote on Wednesday": what is dated has taken place.
        return bool(_AHEAD.search(_AFTER.split(before)[-1]))
    after = before + text[end:].lstrip(", ").split(",")[0]
    ahead, past = _AHEAD.search(after), _PAST.search(after)
    # "On Thursday, the office announced that it would": what would be is not what is dated.
    return ahead is not None and not (past and past.start() < ahead.start())


def _is_possessive(mention: DateMention, text: str) -> bool:
    """Tells "Wednesday's summit", which dates the summit and not what the sentence tells."""
    return text[mention.end : mention.end + 2] == "'s" or mention.text.endswith("'s")


def _resolved(mention: DateMention, text: str, published: date | None, *, ahead: bool) -> EventDay | None:
    if mention.relative:
        if published is None or mention.relative not in _BACK:
            return None
        day = published + timedelta(days=_BACK[mention.relative])
        return EventDay(day.year, day.month, day.day, ahead=day > published)
    if len(mention.readings) != 1:
        return None
    return _completed(mention.readings[0], mention, text, published, ahead)


def _is_when(before: str, year: int, published: date | None) -> bool:
    """Tells "in 2015", of a past year, from "the 2010 law" and "run in 2020"."""
    return bool(_IN.search(before)) and published is not None and year < published.year


def _completed(
    reading: PartialDate, mention: DateMention, text: str, published: date | None, ahead: bool
) -> EventDay | None:
    if reading.weekday is not None and reading.month is None:
        if published is None:
            return None
        before = text[: mention.start]
        back = (published.weekday() - reading.weekday) % 7
        if _LAST.search(before) and back == 0:
            back = 7
        is_next = _NEXT.search(before) is not None or (ahead and back > 0)
        day = (
            published + timedelta(days=(reading.weekday - published.weekday()) % 7 or 7)
            if is_next
            else (published - timedelta(days=back))
        )
        return EventDay(day.year, day.month, day.day, ahead=day > published)
    year = reading.year
    if year is None and reading.month is not None and (of := _OF_YEAR.match(text, mention.end)):
        year = int(of["year"])  # "June and July of 2009"
    if year is not None and reading.month is None and not _is_when(text[: mention.start], year, published):
        return None
    if year is None:
        if published is None or reading.month is None:
            return None
        year = min(
            (published.year + step for step in (-1, 0, 1)),
            key=lambda y: abs((y - published.year) * 12 + (reading.month or 1) - published.month),
        )
    try:
        day_of = EventDay(year, reading.month, reading.day)
        first = day_of.first_day()
    except ValueError:
        return None
    return EventDay(year, reading.month, reading.day, ahead=bool(published and first > published))
