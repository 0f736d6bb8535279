"""Phrases of time beyond the plain date words: "earlier this year", "the previous day", "Friday next week"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from rag.ingest.date_words import COUNTS
from rag.ingest.resolution import Direction, Interval, away, of_day, of_week, shift, unit_around

_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(COUNTS, key=len, reverse=True))})"
_UNIT = r"(?:day|week|month|year)"
_PHRASE = re.compile(
    rf"""\b(?:the\ )?day\ (?P<two_days>before\ yesterday|after\ tomorrow)\b
    |\b(?P<part>earlier|later)\ (?:this\ (?P<part_of>week|month|year)|(?P<of_today>today|tonight))\b
    |\b(?P<weekend>last|this|next|the(?:\ (?:past|coming))?|at\ the)\ weekend\b(?!\ (?:break|edition))
    |\b(?:the|this)\ (?P<rolling>past|last|next|coming)\ (?:(?P<rolling_count>{_COUNT})\ (?P<rolling_units>{_UNIT})s?
        |(?P<rolling_unit>week|month|year))\b
    |\b(?P<shift_count>{_COUNT})\ (?P<shift_unit>{_UNIT})s?\ (?P<shift>earlier|later|before(?=\s*[.,;]|\s*$)
        |after(?=\s*[.,;]|\s*$)|afterwards)\b(?!\ than)
    |\bthe\ (?P<beside>previous|preceding|following|next|same)\ (?P<beside_unit>{_UNIT})\b
    |\bthe\ day\ (?P<day_beside>before|after)\b(?=\s*[.,;]|\s*$)
    |(?<=[a-z,]\ in\ )(?P<coming_count>{_COUNT})\ (?P<coming_unit>{_UNIT})s?\b(?P<time>(?:'s?)?\ time\b)?
        (?!\ (?:when|that|of|where|which|marked|dominated|full|like)\b)
    |\b(?P<from_now_count>{_COUNT})\ (?P<from_now_unit>{_UNIT})s?\ from\ (?:now|today)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STRETCH = re.compile(
    r"\b(?:\w{2,}est|first|second|third|most|least|only|time|times|once|twice|record|more|less|fewer|rare|than)\b[^.;:]*$"
)
_MODIFIER = re.compile(r"\b(last|this|next)\ $", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\ (?:morning|afternoon|evening|night|lunchtime)\b(?!\ (?:football|live))", re.IGNORECASE)
_OF_WEEK = re.compile(r"\ (?:of\ )?(last|this|next)\ week\b", re.IGNORECASE)
_TENSED = frozenset(("weekend", "coming_count", "rolling"))
_SIDES = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of time.

    Attributes:
        start: First character.
        end: The character after the last.
        needs_tense: Whether past or future changes what it means.
        resolve: Takes the day of publication, the date mentioned before it, and the tense.
    """

    start: int
    end: int
    needs_tense: bool
    resolve: Callable[[date | None, Interval | None, Direction | None], Interval | None]


def find_phrases(text: str) -> Iterator[Phrase]:
    """Yields the phrases of a text with plain quotes and hyphens, in order."""
    for match in _PHRASE.finditer(text):
        found = {name: value.lower() for name, value in match.groupdict().items() if value is not None}
        if "coming_count" in found and _STRETCH.search(text, max(0, match.start() - 60), match.start()):
            found["is_stretch"] = ""
        start = match.end() - len("weekend") if found.get("weekend") == "at the" else match.start()
        yield Phrase(
            start, match.end(), "time" not in found and not found.keys().isdisjoint(_TENSED),
            lambda published, anchor, tense, found=found: _resolve(found, published, anchor, tense),  # type: ignore[misc]
        )  # fmt: skip


def modifier_before(text: str, start: int) -> tuple[str | None, int]:
    """Returns "last", "this" or "next" before a weekday or month, and where the words then begin."""
    match = _MODIFIER.search(text, max(0, start - 6), start)
    return (match.group(1).lower(), match.start()) if match else (None, start)


def part_of_day_after(text: str, end: int) -> int:
    """Returns where "Monday night" ends."""
    match = _PART_OF_DAY.match(text, end)
    return match.end() if match else end


def week_after(text: str, end: int) -> tuple[int | None, int]:
    """Returns the week that "Friday next week" names, counted from that of publication, and where the words end."""
    match = _OF_WEEK.match(text, end)
    return (_SIDES[match.group(1).lower()], match.end()) if match else (None, end)


def _resolve(
    found: dict[str, str], published: date | None, anchor: Interval | None, tense: Direction | None
) -> Interval | None:
    if "shift" in found:
        count = _number(found["shift_count"])
        return _anchored(
            anchor, found["shift_unit"], count if found["shift"] in ("later", "after", "afterwards") else -count
        )
    if "beside" in found:
        side = {"previous": -1, "preceding": -1, "same": 0}.get(found["beside"], 1)
        return _anchored(anchor, found["beside_unit"], side, whole=True)
    if "day_beside" in found:
        return _anchored(anchor, "day", -1 if found["day_beside"] == "before" else 1)
    if published is None:
        return None
    if "two_days" in found:
        return unit_around(published, "day", -2 if found["two_days"].startswith("before") else 2)
    if "of_today" in found:
        return of_day(published)
    if "part" in found:
        whole = unit_around(published, found["part_of"])
        assert whole is not None
        return Interval(whole.first, published) if found["part"] == "earlier" else Interval(published, whole.last)
    if "weekend" in found:
        return _weekend(found["weekend"], published, tense)
    if "rolling" in found:
        if found["rolling"] in ("next", "coming") and tense is Direction.PAST:
            return None  # of a story told from its middle
        return _rolling(found, published)
    if "coming_count" in found:
        if "time" not in found and (tense is not Direction.FUTURE or "is_stretch" in found):
            return None  # "the second in two weeks" is a stretch of time
        return away(published, found["coming_unit"], _number(found["coming_count"]))
    return away(published, found["from_now_unit"], _number(found["from_now_count"]))


def _number(text: str) -> int:
    return COUNTS.get(text) or int(text)


def _anchored(anchor: Interval | None, unit: str, count: int, *, whole: bool = False) -> Interval | None:
    """Resolves what leans on a date before it; a day cannot be counted from a month."""
    if anchor is None:
        return None
    days = (anchor.last - anchor.first).days
    if days > {"day": 0, "week": 6, "month": 30, "year": 365}[unit]:
        return None
    start = anchor.last if count > 0 else anchor.first
    return unit_around(start, unit, count) if whole or unit != "week" else away(start, unit, count)


def _weekend(side: str, published: date, tense: Direction | None) -> Interval:
    """Returns Saturday and Sunday; on these two days "last weekend" is the one before, "this weekend" this one."""
    saturday = shift(of_week(published).first, 5)
    if side == "last":
        weeks = -1
    elif side == "next":
        weeks = 1
    else:
        on_it = published >= saturday
        ahead = side in ("this", "the coming") if tense is None else tense is not Direction.PAST
        weeks = 0 if on_it or ahead else -1
        if side == "the past":
            weeks = 0 if on_it else -1
    first = shift(saturday, 7 * weeks)
    return Interval(first, shift(first, 1))


def _rolling(found: dict[str, str], published: date) -> Interval | None:
    unit = found.get("rolling_units") or found["rolling_unit"]
    count = _number(found.get("rolling_count", "one"))
    ahead = found["rolling"] in ("next", "coming")
    days = {"day": count, "week": 7 * count}.get(unit)
    if days is None:
        edge = _months_away(published, (count if unit == "month" else 12 * count) * (1 if ahead else -1))
    else:
        edge = shift(published, days if ahead else -days)
    if edge is None:
        return None
    return Interval(published, edge) if ahead else Interval(edge, published)


def _months_away(day: date, months: int) -> date | None:
    whole = unit_around(day, "month", months)
    return min(shift(whole.first, day.day - 1), whole.last) if whole else None
