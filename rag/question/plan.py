"""What a question asks of which articles: taken apart, and its own words about sources and time made into filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.check.day_words import in_words
from rag.check.expectations import Expectation, expectations
from rag.check.questions import parts, shared, without_context
from rag.question.agreement import asked_agreement
from rag.question.comparison import Comparison, comparison
from rag.question.periods import Period, named_period
from rag.question.publishers import named_publishers
from rag.types import Filters

READ = "read from the question"
"""How the warning of an answer begins that tells which filters its question was taken to name."""
_FRONTED = re.compile(r"\W*(?:according to|as reported|in)\b", re.IGNORECASE)  # said of all that follows


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a question asks.

    Attributes:
        text: What is searched and answered for.
        filters: Which articles it is asked of.
        name: How the reader is told of it.
    """

    text: str
    filters: Filters
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A question before anything is searched.

    Attributes:
        matter: The question without what became a filter.
        filters: What any part of it may draw on.
        asked: Its parts, each with its own filters; one for a plain question.
        apart: Whether the parts are retrieved apart.
        sides: The two that are compared, if any.
        read: What was made a filter, in words; empty when nothing was.
        notes: What the reader is to be told of how the question was read, one line each.
        asks_agreement: Whether it also asks if the sources agree, which no source says.
    """

    matter: str
    filters: Filters
    asked: tuple[Asked, ...]
    apart: bool = False
    sides: Comparison | None = None
    read: str = ""
    notes: tuple[str, ...] = ()
    asks_agreement: bool = False

    @property
    def compared(self) -> tuple[str, ...]:
        """What sources are compared on.

        Parts that differ by place or party alone are compared on what they share, unless that asks for a number or a
        day: these may differ from place to place. Then each part is compared by itself.
        """
        asked = [part.text for part in self.asked]
        whole = shared(asked)
        if not whole:
            return (self.matter,)
        return tuple(asked) if {Expectation.NUMBER, Expectation.DATE}.intersection(expectations(whole)) else (whole,)


@dataclass(frozen=True, slots=True)
class _Limits:
    rest: str
    publishers: tuple[str, ...] = ()
    period: Period | None = None

    @property
    def key(self) -> tuple[object, ...]:
        return self.publishers, self.period and (self.period.first, self.period.last)


def plan(question: str, given: Filters, publishers: Sequence[str], newest: date | None) -> Plan:
    """Reads a question.

    What the reader set by itself wins over what the question says: a publisher is read only where none was given, and a
    period only where no first or last day was.

    Args:
        question: The standalone question.
        given: The filters that the reader set.
        publishers: Those of the corpus.
        newest: The day of its newest article.
    """
    rest, asks_agreement = asked_agreement(question)
    return replace(_planned(rest, given, publishers, newest), asks_agreement=asks_agreement)


def _planned(question: str, given: Filters, publishers: Sequence[str], newest: date | None) -> Plan:
    today = min((day for day in (given.latest, newest) if day), default=None)
    compared = comparison(question, publishers)
    if compared is not None:
        return _compared(question, compared, given, today)
    pieces = [_limits(piece, publishers, today) for piece in parts(question)]
    if len(pieces) > 1 and not _FRONTED.match(question) and len({piece.key for piece in pieces}) > 1:
        split, held = [], dict[str, None]()
        for piece in pieces:
            filters, notes = _within(given, piece)
            split.append(Asked(piece.rest, filters, _told(without_context(piece.rest), piece)))
            held.update(dict.fromkeys(notes))
        read = "; ".join(words for piece in pieces if (words := _words(given, piece)))
        return Plan(question, given, tuple(split), True, None, read, _notes(read, held))
    whole = _limits(question, publishers, today)
    filters, held = _within(given, whole)
    read = _words(given, whole)
    asked = tuple(Asked(text, filters, without_context(text)) for text in parts(whole.rest))
    return Plan(whole.rest, filters, asked, False, None, read, _notes(read, held))


def _compared(question: str, compared: Comparison, given: Filters, today: date | None) -> Plan:
    period = named_period(question, today)
    filters, held = _within(given, _Limits(question, (), period))
    sides = (compared.first, compared.second)
    named = tuple(side.publisher for side in sides if side.publisher)
    if named and given.publishers:
        held.update(dict.fromkeys([_overruled(" and ".join(named), given)]))
        named = ()
    if named:
        asked = tuple(
            Asked(side.text, replace(filters, publishers=(side.publisher,)), f"{side.text} ({side.name})")
            for side in sides
        )
        filters = replace(filters, publishers=named)
    else:
        texts = dict.fromkeys(side.text for side in sides)
        asked = tuple(Asked(text, filters, text) for text in texts)
    read = _words(given, _Limits(question, named, period))
    return Plan(compared.matter, filters, asked, True, compared, read, _notes(read, held))


def _limits(text: str, publishers: Sequence[str], today: date | None) -> _Limits:
    own = without_context(text)  # what stands in brackets was asked before
    named = named_publishers(own, publishers)
    period = named_period(own, today)
    return _Limits(named.rest + text[len(own) :], named.publishers, period) if named else _Limits(text, (), period)


def _within(given: Filters, limits: _Limits) -> tuple[Filters, dict[str, None]]:
    """Returns the filters that hold for a part, and what the question says in vain."""
    filters, held = given, dict[str, None]()
    if limits.publishers and not given.publishers:
        filters = replace(filters, publishers=limits.publishers)
    elif limits.publishers and set(map(str.casefold, limits.publishers)) != set(map(str.casefold, given.publishers)):
        held[_overruled(" and ".join(limits.publishers), given)] = None
    if limits.period and not (given.after or given.before):
        filters = replace(filters, during=(limits.period.first, limits.period.last))
    elif limits.period:
        held[f"the question says “{limits.period.words}”; the days that were set hold instead"] = None
    return filters, held


def _overruled(names: str, given: Filters) -> str:
    return f"the question names {names}; what was set holds instead: {', '.join(given.publishers)}"


def _words(given: Filters, limits: _Limits) -> str:
    """Returns what became a filter, as a phrase."""
    said = []
    if limits.publishers and not given.publishers:
        said.append(f"only {' and '.join(limits.publishers)}")
    if (period := limits.period) and not (given.after or given.before):
        said.append(f"only what was published in this time, speaks of it, or has no date: {_days(period)}")
    return ", ".join(said)


def _days(period: Period) -> str:
    first, last = (in_words(day, day) for day in (period.first, period.last))
    if period.last == date.max:
        return f"from {first}"
    if period.first == date.min:
        return f"until {last}"
    return first if first == last else f"{first} to {last}"


def _told(text: str, limits: _Limits) -> str:
    return f"{text} ({', '.join(limits.publishers)})" if limits.publishers else text


def _notes(read: str, held: Sequence[str] | dict[str, None]) -> tuple[str, ...]:
    return (*((f"{READ}: {read}",) if read else ()), *held)
