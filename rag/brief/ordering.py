"""Which facts come first in a section, and which say too little beside others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.brief.facts import Fact, shares_content
from rag.brief.wording import shown
from rag.check.words import content_stems, plain

_HEADLINE_WORDS = 38
_APART, _APART_AT_TOP, _NEAR = 0.8, 0.74, 0.6
_SAID = 0.9
_SAID_ALREADY = 0.45
_EACH = 2
_MAY_BE_SAME = 0.62
_UNHEARD = 1.3


def for_headline(lead: Sequence[Fact]) -> list[Fact]:
    """Returns facts fit for a headline, the best first: short, and told rather than said by somebody."""
    short = [f for f in lead if len(shown(f.best.text).split()) <= _HEADLINE_WORDS] or list(lead)
    return sorted(short, key=lambda f: -f.salience * (_SAID if f.best.speaks else 1.0))


def without(facts: Iterable[Fact], others: Sequence[Fact]) -> list[Fact]:
    """Returns the facts that repeat none of some others."""
    return [f for f in facts if not any(repeats(f, other) for other in others)]


def others_first(facts: Sequence[Fact], taken: Sequence[Fact]) -> list[Fact]:
    """Returns facts with some preference for outlets that have not been heard."""
    heard = {outlet for fact in taken for outlet in fact.outlets}
    return sorted(facts, key=lambda f: -f.salience * (1.0 if f.outlets <= heard else _UNHEARD))


def all_heard(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts so that each outlet's weightiest comes before any outlet's second."""
    heard: set[str] = set()
    first: list[Fact] = []
    rest: list[Fact] = []
    for fact in facts:
        (rest if fact.outlets <= heard else first).append(fact)
        heard.update(fact.outlets)
    return first + rest


def adds_little(fact: Fact, others: Sequence[Fact]) -> bool:
    """Tells whether most of what a sentence says is in others together."""
    own, said = set(content_stems(plain(fact.best.text))), set[str]()
    for other in others:
        said.update(content_stems(plain(other.best.text)))
    return bool(own) and len(own & said) >= _SAID_ALREADY * len(own)


def repeats(one: Fact, other: Fact) -> bool:
    """Tells whether two facts are too alike to stand in the few lines at the top."""
    near = float(one.vector @ other.vector)
    return (
        one is other or near >= _APART_AT_TOP or (near >= _NEAR and shares_content(one.best.text, other.best.text, 0.5))
    )


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


def told_elsewhere(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Tells whether another outlet may tell it too, in words so near that "only" would be a bold claim."""
    return any(
        not other.outlets <= fact.outlets and float(other.vector @ fact.vector) >= _MAY_BE_SAME for other in facts
    )
