"""What goes where in a briefing: each fact once, in the section it serves best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rag.brief.facts import Fact, Telling, shares_content
from rag.brief.heading import dangling
from rag.brief.types import Length
from rag.brief.voices import names_its_speaker
from rag.check.words import plain

_UNKNOWN = re.compile(
    r"\b(?:(?:not|n't|never) (?:immediately |yet |been |be )*(?:clear|known|say|said|disclosed?|released?"
    r"|named|announced?|given|specif(?:y|ied)|explain(?:ed)?|confirmed|determined|established|identified|decided|elaborate)"
    r"|unclear|unknown|uncertain|undisclosed|undecided|remains? to be seen|has yet to|have yet to"
    r"|(?:declined|refused) to (?:comment|say|give|name|discuss|confirm|elaborate|answer)"
    r"|no (?:date|details?|reason|explanation|motive|cause|word|indication|decision) (?:\w+ ){0,3}"
    r"(?:was|were|has|have|on|as|about|given)"
    r"|nobody (?:can|could) say|no one (?:knows|(?:can|could) say)|would not (?:comment|say|confirm|discuss)"
    r"|would say only|without (?:naming|saying|giving|explaining))\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\bsince\b[^.]{0,80}\b(?:(?:19|20)\d\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]* \d{1,2})\b"
    r"|\bin recent (?:weeks|months|years)\b",
    re.IGNORECASE,
)
_SIMILAR = 0.8
STANDS, STANDS_DATED = 0.5, 0.4
"""Least fitness of a sentence that is shown away from what stood around it."""
_STANDS_ALONE = 0.7
_NEAR_TOP = 3
_OLD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many sentences each section may have."""

    developments: int
    quotations: int
    agreed: int
    alone: int
    unknown: int
    unheard: int


SIZES = {
    Length.SHORT: Sizes(4, 3, 2, 2, 2, 1),
    Length.STANDARD: Sizes(8, 5, 4, 5, 3, 2),
    Length.LONG: Sizes(14, 10, 8, 10, 6, 3),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Candidates for each section, the best first; more than will be shown, since some do not survive the check."""

    lead: tuple[Fact, ...]
    developments: tuple[Fact, ...]
    quotations: tuple[Fact, ...]
    agreed: tuple[Fact, ...]
    alone: tuple[Fact, ...]
    unknown: tuple[Fact, ...]


def plan(facts: Sequence[Fact], outlets: int) -> Plan:
    """Sorts facts into sections.

    Args:
        facts: By salience.
        outlets: Of how many publishers the stories are; of one alone nothing is agreed or told alone.
    """
    unknown = [fact for fact in facts if _is_open(fact, facts)]
    open_ids = {id(fact) for fact in unknown}
    rest = [fact for fact in facts if id(fact) not in open_ids]
    quotations = [fact for fact in rest if fact.best.quotes and (fact.speaker or names_its_speaker(fact.best.text))]
    quoted = {id(fact) for fact in quotations}
    told = [f for f in rest if id(f) not in quoted and not f.best.quotes and _stands(f)]
    agreed = [fact for fact in told if len(fact.outlets) > 1]
    alone = [f for f in told if len(f.outlets) == 1 and _stands_by_itself(f)] if outlets > 1 else []
    # With several outlets, what one of them has further down in its report belongs to what it alone reports.
    central = [f for f in told if f.day or len(f.outlets) > 1 or min(t.place for t in f.tellings) < _NEAR_TOP]
    return Plan(
        lead=tuple(f for f in told if _leads(f)),
        developments=tuple(central if outlets > 1 else told),
        quotations=tuple(quotations),
        agreed=tuple(agreed),
        alone=tuple(alone),
        unknown=tuple(unknown),
    )


def _stands(fact: Fact) -> bool:
    """Tells whether a fact can be shown; behind its day, "the two leaders" is plainer than elsewhere."""
    day = fact.best.day
    return fact.best.fitness >= (STANDS_DATED if day is not None and day.day else STANDS)


def _stands_by_itself(fact: Fact) -> bool:
    """Tells whether a fact can stand in a list of unconnected ones."""
    return fact.best.fitness >= _STANDS_ALONE and dangling(fact.best.text) == 0


def _leads(fact: Fact) -> bool:
    """Tells whether a fact may stand first: recent, and told by a sentence that stands alone."""
    best = fact.best
    if best.fitness < 0.7:
        return False
    if _BACKGROUND.search(plain(best.text)):
        return False
    newest = best.published
    return not (fact.day and newest and fact.day.first_day() < newest - _OLD)


def _is_open(fact: Fact, facts: Iterable[Fact]) -> bool:
    """Tells whether a source says that something is not known, and no source of that day or later says otherwise."""
    if not _UNKNOWN.search(_outside_quotations(fact.best)):
        return False
    asked = fact.best
    for other in facts:
        if other is fact or other.story != fact.story or float(other.vector @ fact.vector) < _SIMILAR:
            continue
        later = other.best.published and asked.published and other.best.published >= asked.published
        if later and not _UNKNOWN.search(plain(other.best.text)) and shares_content(asked, other.best, 0.6):
            return False
    return True


def _outside_quotations(telling: Telling) -> str:
    return re.sub(r'"[^"]*"', '""', plain(telling.text))


def in_time_order(facts: Iterable[Fact]) -> list[Fact]:
    """Orders facts by when they took place; those that do not say stand at the day they were reported."""

    def when(fact: Fact) -> tuple[tuple[int, int, int], int, int]:
        best = fact.best
        if best.day is not None:
            return best.day.sort_key(), int(best.day.ahead), best.place
        if best.published is not None:
            return (best.published.year, best.published.month, best.published.day), 0, best.place
        return (9999, 0, 0), 0, best.place

    return sorted(facts, key=when)
