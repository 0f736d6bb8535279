"""Which facts come first in a section, and which say too little beside others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.brief.facts import Fact, shares_content
from rag.check.words import content_stems, plain

_APART, _APART_AT_TOP, _NEAR = 0.8, 0.74, 0.6
_SAID_ALREADY = 0.55
_EACH = 2
_MAY_BE_SAME = 0.62
_MAY_TELL = ((0.5, 0.35), (0.4, 0.45), (0.3, 0.6))
"""Cosine, and share of the content words, from which on another outlet's sentence may tell the same."""
_SAME_EVENT, _NEAR_EVENT, _LEADS, _SAME_THOUGH_DATED = 0.7, 0.55, 0.5, 0.78
_UNHEARD = 1.3


def without(facts: Iterable[Fact], others: Sequence[Fact]) -> list[Fact]:
    """Returns the facts that repeat none of some others."""
    return [f for f in facts if not any(repeats(f, other) for other in others)]


def others_first(facts: Sequence[Fact], taken: Sequence[Fact], weight: Callable[[Fact], float]) -> list[Fact]:
    """Returns facts by weight, with some preference for outlets that have not been heard."""
    heard = {outlet for fact in taken for outlet in fact.outlets}
    return sorted(facts, key=lambda f: -weight(f) * (1.0 if f.outlets <= heard else _UNHEARD))


def all_heard(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts so that each outlet's weightiest comes before any outlet's second."""
    heard: set[str] = set()
    first: list[Fact] = []
    rest: list[Fact] = []
    for fact in facts:
        (rest if fact.outlets <= heard else first).append(fact)
        heard.update(fact.outlets)
    return first + rest


def adds_little(fact: Fact, shown: Sequence[str]) -> bool:
    """Tells whether most of what a sentence says is in those shown before."""
    own, said = fact.best.stems, set(content_stems(plain(" ".join(shown))))
    return bool(own) and len(own & said) >= _SAID_ALREADY * len(own)


def repeats(one: Fact, other: Fact) -> bool:
    """Tells whether two facts are too alike to stand in the few lines at the top."""
    near = float(one.vector @ other.vector)
    return one is other or near >= _APART_AT_TOP or (near >= _NEAR and shares_content(one.best, other.best, 0.5))


def varied(quotations: Sequence[Fact]) -> list[Fact]:
    """Returns quotations so that nobody has more than two before everybody has been heard."""
    heard: dict[str, int] = {}
    first: list[Fact] = []
    rest: list[Fact] = []
    for fact in quotations:
        last = (fact.speaker.split() or [""])[-1]
        heard[last] = heard.get(last, 0) + 1
        (first if heard[last] <= _EACH else rest).append(fact)
    return first + rest


def alike(one: Fact, other: Fact) -> bool:
    """Tells whether two facts are too alike to stand in one section."""
    return one is other or float(one.vector @ other.vector) >= _APART


def told_again(one: Fact, other: Fact) -> bool:
    """Tells whether two facts are one event in the words of two reports, so that the timeline needs only one."""
    near = float(one.vector @ other.vector)
    if one is other or near >= _APART:
        return True
    days = {f.day.sort_key() for f in (one, other) if f.day and f.day.day}
    ahead = {bool(f.day and f.day.ahead) for f in (one, other)}
    if len(days) > 1 or len(ahead) > 1:
        return near >= _SAME_THOUGH_DATED and shares_content(one.best, other.best, 0.5)
    if one.best.place == other.best.place == 0 and one.outlets != other.outlets and near >= _LEADS:
        return True  # of one story the first sentences of two reports tell the news, in whatever words
    return near >= _SAME_EVENT or (near >= _NEAR_EVENT and shares_content(one.best, other.best, 0.5))


def told_elsewhere(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Tells whether another outlet may tell it too, in words so near that "only" would be a bold claim."""
    return any(_may_tell(other, fact) for other in facts if not other.outlets <= fact.outlets)


def _may_tell(other: Fact, fact: Fact) -> bool:
    near = float(other.vector @ fact.vector)
    if near >= _MAY_BE_SAME or told_again(other, fact):
        return True
    if near < _MAY_TELL[-1][0]:
        return False
    own = fact.best.stems
    elsewhere = (t.stems for t in other.tellings if t.outlet not in fact.outlets)
    shared = max((len(own & stems) for stems in elsewhere), default=0) / max(len(own), 1)
    return any(near >= least and shared >= part for least, part in _MAY_TELL)
