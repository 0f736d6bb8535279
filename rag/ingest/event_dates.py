"""Event dates: the days that words such as "on Tuesday", "last month" or "20 November" mean in a dated article."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from rag.ingest.date_phrases import Phrase, find_phrases, modifier_before, part_of_day_after, week_after
from rag.ingest.date_words import DateMention, PartialDate, find_dates
from rag.ingest.resolution import Direction, Interval, of_day, of_week, possible, resolve, resolve_relative, shift
from rag.ingest.tense import direction
from rag.types import EventDate, Span

# Replaced one for one, so that offsets stay those of the canonical text.
_PLAIN = str.maketrans("‘’‛`´ʼ“”„‟«»‐‑‒–—―−\u00a0\u202f\u2009", "''''''" + '""""""' + "-------" + "   ")
_SENTENCE_END = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSen)(?<!\bRep)(?<!\bGov)(?<!\bGen)(?<!\bSt)(?<!\bNo)(?<!\b[A-Z])"
    r"(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))(?<!\bSept)[.!?][\"')]*\s+(?=[\"'(]?[A-Z0-9])|\n+"
)
# Names and habits, not days.
_NAMED = re.compile(
    r"(?:\b(?:black|good|ash|super|bloody|cyber|giving|easter|palm|whit|shrove|holy|maundy|spy|fat|throwback|sheffield"
    r"|ruby|man|joe|casual|mail on|small business|every|each|most|some|any|a|one|many|alternate|other|first|second"
    r"|third|fourth)\s+)$",
    re.IGNORECASE,
)
_NAMES_GO_ON = re.compile(
    r"\s+(?:Times|Telegraph|Express|Mirror|Mail|Post|Herald|Independent|Star|Sun|People|Business|Night\s+(?:Football|Live)"
    r"|Review|World|Addams|school|roast|the\s+13th|Mercury|Gazette|Standard|Tribune|World)\b"
)
_REMEMBERED = re.compile(
    r",?\s+(?:terror|terrorist|hijack|attacks?\b|commission\b|committee\b|riots?\b|insurrection)", re.I
)
# Without its year and not just past or ahead, it is the one of 2001.
_REMEMBERED_DAY = (None, 9, 11)
_PEOPLE = re.compile(r"\b(?:Theresa|Mrs\.?|Ms\.?|Mr\.?|Minister|Brian|Elaine)\s+May\b")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|from|until|till|to|of|year|early|late|mid|summer|spring|autumn|fall|winter|the|between|and|before"
    r"|after|during|through|for)[\s-]+$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s+(?:[a-z]+\s+)?(?:troops|soldiers|homes|houses|jobs|members|km|miles|metres|meters|feet|tons|tonnes|pages|cases"
    r"|dollars|euros|pounds|men|women|children|workers|migrants|refugees|fans|acres|hectares|times|words|points|votes"
    r"|deaths|employees|students|of\s+the[mn]?)\b"
)
_MONTH_BEFORE = re.compile(
    r"\b(?:in|since|by|until|till|of|last|next|this|late|early|mid|from|during|through|between|before|after|to|and|for|of"
    r"|around|that|every|about|or|end)[\s-]+(?:the\s+)?$|[,(-]\s*$",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:said|says|told|added|announced|confirmed|reported|\w+ed)\s(?:\w+\s)?that $")
_FAR_BACK = 600
_LONGEST = 250  # characters of a sentence on either side of a date


class _Found(NamedTuple):
    start: int
    end: int
    interval: Interval


def find_event_dates(text: str, published: date | None) -> tuple[EventDate, ...]:
    """Finds the dates of a text and resolves them; one that cannot be resolved is left out, never guessed.

    A weekday in the past tense is the last one up to publication, in the future the next one; ``rag.ingest.tense``
    tells which. Words that lean on another date ("a day later", "the previous day") resolve when one stands shortly
    before. Names of days ("Black Friday"), habits ("on Fridays") and vague words ("in recent weeks") are no dates.

    Args:
        text: Canonical text; spans are offsets into it.
        published: Day of publication; when unknown, only dates with their year are found.
    """
    plain = text if text.isascii() else text.translate(_PLAIN)
    found: list[_Found] = []
    taken = -1
    phrases = list(find_phrases(plain))
    atoms = [(s, e, list(group)) for (s, e), group in groupby(find_dates(plain), key=lambda m: (m.start, m.end))]
    pieces: list[tuple[int, int, Phrase | list[DateMention]]] = [(p.start, p.end, p) for p in phrases]
    pieces += _joined(plain, list(_outside(atoms, phrases)))
    sentences = _Sentences(plain)
    for start, end, piece in sorted(pieces, key=lambda item: item[0]):
        if start < taken:
            continue
        if isinstance(piece, list):
            resolved = _resolve_atom(plain, start, end, piece, published, sentences)
        else:
            anchor = found[-1] if found and start - found[-1].end < _FAR_BACK else None
            tense = sentences.direction(start, end) if piece.needs_tense else None
            interval = piece.resolve(published, anchor.interval if anchor else None, tense)
            resolved = _Found(start, end, interval) if interval else None
        if resolved:
            found.append(resolved)
            taken = resolved.end
    return tuple(EventDate(Span(f.start, f.end), f.interval.first, f.interval.last) for f in found)


class _Sentences:
    """Where the sentences of a text end, and whether someone in it is called May, found once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = [0, *(m.end() for m in _SENTENCE_END.finditer(text)), len(text)]
        self.speaks_of_may = _PEOPLE.search(text) is not None

    def direction(self, start: int, end: int) -> Direction | None:
        at = bisect_right(self._ends, start)
        first = max(self._ends[at - 1], start - _LONGEST)
        last = min(max(end, self._ends[min(at, len(self._ends) - 1)]), end + _LONGEST)
        return direction(self._text[first:last], start - first, end - first)


_Atom = tuple[int, int, list[DateMention]]


def _outside(atoms: Sequence[_Atom], phrases: Sequence[Phrase]) -> Iterator[_Atom]:
    """Yields the date words that are in no phrase; both are in order."""
    at = 0
    for atom in atoms:
        while at < len(phrases) and phrases[at].end <= atom[0]:
            at += 1
        if at == len(phrases) or phrases[at].start >= atom[1]:
            yield atom


def _joined(text: str, atoms: Sequence[_Atom]) -> Iterator[_Atom]:
    """Joins a weekday with the date beside it: "Tuesday, 22 July"."""
    pending: _Atom | None = None
    for start, end, mentions in atoms:
        if pending is not None:
            weekday = pending[2][0].readings[0].weekday
            between = text[pending[1] : start]
            same = len(mentions) == 1 and len(mentions[0].readings) == 1 and mentions[0].readings[0].day is not None
            if same and re.fullmatch(r"[,\s(]{1,3}(?:the\s+|on\s+)?", between) and "\n" not in between:
                joined = mentions[0].readings[0]._replace(weekday=weekday)
                yield pending[0], end, [mentions[0]._replace(readings=(joined,))]
                pending = None
                continue
            yield pending
            pending = None
        if mentions[0].readings and mentions[0].readings[0].weekday is not None:
            pending = start, end, mentions
        else:
            yield start, end, mentions
    if pending is not None:
        yield pending


def _resolve_atom(
    text: str, start: int, end: int, mentions: list[DateMention], published: date | None, sentences: _Sentences
) -> _Found | None:
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if mentions[0].relative:
        if published is None or (mentions[0].text in ("Today", "TODAY") and re.search(r"\w $", before)):
            return None  # "USA Today"
        interval = resolve_relative(mentions[0].relative, published)
        return _Found(start, end, interval) if interval else None
    options = [mention.readings[0] for mention in mentions if len(mention.readings) == 1]
    if len(options) != len(mentions) or _is_no_date(options[0], before, after, mentions[0].text, sentences):
        return None
    if options[0].weekday is not None and options[0].month is None:
        return _weekday(text, start, end, options[0].weekday, published, sentences)
    return _calendar(text, start, end, options, published, sentences)


def _weekday(
    text: str, start: int, end: int, weekday: int, published: date | None, sentences: _Sentences
) -> _Found | None:
    if published is None:
        return None
    modifier, begin = modifier_before(text, start)
    stop = part_of_day_after(text, end)
    week, stop = week_after(text, stop)
    if week is not None:
        return _Found(begin, stop, of_day(shift(of_week(published, week).first, weekday)))
    if modifier == "next":
        # Said on a Thursday, "next Friday" is not tomorrow.
        return _Found(begin, stop, of_day(shift(of_week(published, 1).first, weekday)))
    reading = PartialDate(weekday=weekday)
    if modifier == "last":
        interval = resolve(reading, shift(published, -1), Direction.PAST)
    else:
        tense = sentences.direction(start, end)
        default = Direction.FUTURE if modifier == "this" else Direction.PAST
        interval = resolve(reading, published, tense or default)
    return _Found(begin, stop, interval) if interval else None


def _calendar(
    text: str, start: int, end: int, options: list[PartialDate], published: date | None, sentences: _Sentences
) -> _Found | None:
    modifier, begin = (None, start) if options[0].year or options[0].day else modifier_before(text, start)
    if options[0].year is None:
        if published is None:
            return None
        tense = sentences.direction(start, end)
        if modifier in ("last", "next"):
            return _month_beside(begin, end, options[0], published, -1 if modifier == "last" else 1)
        if modifier == "this":
            tense = Direction.NEAREST
        default = Direction.NEAREST if options[0].day else Direction.PAST
        resolved = [resolve(option, published, tense or default) for option in options]
    else:
        resolved = [resolve(option, published) for option in options]
    known = [interval for interval in resolved if interval is not None]
    if options[0][:3] == _REMEMBERED_DAY and published and any(abs((i.first - published).days) > 31 for i in known):
        return None
    if len(known) < len(options):
        return None
    first, last = known[0].first, known[-1].last
    return _Found(begin, end, Interval(first, last)) if first <= last else None


def _month_beside(start: int, end: int, reading: PartialDate, published: date, side: int) -> _Found | None:
    """Resolves "last October": the nearest one that is not the month of publication itself."""
    options = [i for option in possible(reading, published) if (i := resolve(option, published))]
    if side < 0:
        chosen = max((i for i in options if i.last < published and not i.first <= published <= i.last), default=None)
    else:
        chosen = min((i for i in options if i.first > published), default=None)
    return _Found(start, end, chosen) if chosen else None


def _is_no_date(reading: PartialDate, before: str, after: str, words: str, sentences: _Sentences) -> bool:
    if re.search(r"\bthat $", before) and reading.year is None and reading.day is None and not _SAID.search(before):
        return True  # "that October": of a year told elsewhere
    if reading.weekday is not None:
        if before.endswith(" ago ") or (_NAMES_GO_ON.match(after) and words[0].isupper()):
            return True  # "a month ago Thursday", "the Sunday Times"
        return words.lower().rstrip(".").endswith("days") or (reading.day is None and bool(_NAMED.search(before)))
    if reading.day is not None:
        return reading.year is None and _REMEMBERED.match(after) is not None
    if reading.month is not None and reading.year is None:
        if not _MONTH_BEFORE.search(before) and not after.startswith("'s"):
            return True
        return words.lower().endswith("may") and sentences.speaks_of_may and not before.lower().endswith("in ")
    if reading.month is None and reading.year is not None:
        if _COUNTED.match(after) or before.endswith("/") or after.startswith("/"):
            return True  # "2021 homes", or a part of an address
        return (reading.year < 1900 or reading.year % 100 == 0) and not _YEAR_BEFORE.search(before)
    return False
