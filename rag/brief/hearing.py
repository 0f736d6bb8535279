"""That nobody goes unheard: an outlet that no sentence cites adds what it has beside what is told, or confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.brief.desk import Desk
from rag.brief.facts import Fact, Telling
from rag.brief.ordering import adds_little
from rag.brief.plan import STANDS
from rag.types import AnswerSentence

Told = tuple[Fact, AnswerSentence]
_MOST_ASKED = 4
_CLOSE = 0.5


def unheard(facts: Sequence[Fact], told: Sequence[Told]) -> list[Fact]:
    """Returns, for each outlet of whose sentences none is shown, the best that adds something to what is told.

    Args:
        facts: The best first.
        told: What the briefing shows.
    """
    shown = [sentence.text for _, sentence in told]
    speaking = {fact.best.outlet for fact, _ in told}
    found: list[Fact] = []
    for outlet in dict.fromkeys(t.outlet for f in facts for t in f.tellings if t.outlet not in speaking):
        for fact in (_in_words_of(outlet, f) for f in facts if outlet in f.outlets):
            if fact.best.fitness >= STANDS and not fact.best.quotes and not adds_little(fact, shown):
                found.append(fact)
                break
    return found


def confirmed(facts: Sequence[Fact], told: Sequence[Told], elsewhere: Sequence[Told], desk: Desk) -> list[Told]:
    """Returns what is told, with the citations of outlets that nothing cites and that bear a sentence of it out.

    Args:
        facts: Everything the sources tell.
        told: What may be confirmed.
        elsewhere: What else the briefing shows.
        desk: Checks and cites.
    """
    pairs = list(told)
    for outlet in _silent(facts, [*told, *elsewhere], desk):
        tellings = [t for f in facts for t in f.tellings if t.outlet == outlet]
        for place, (fact, sentence) in enumerate(pairs):
            near = [t for t in tellings if len(t.stems & fact.best.stems) >= _CLOSE * max(len(fact.best.stems), 1)]
            bearing = next((t for t in near[:_MOST_ASKED] if desk.supports(sentence.text, t)), None)
            number = desk.cite(bearing.passage, bearing.span) if bearing else None
            if number is not None:
                pairs[place] = fact, replace(sentence, citations=tuple(sorted({*sentence.citations, number})))
                break
    return pairs


def _silent(facts: Iterable[Fact], told: Sequence[Told], desk: Desk) -> list[str]:
    numbers = {n for _, sentence in told for n in sentence.citations}
    cited = {c.article_id for c in desk.citations() if c.n in numbers}
    outlets: dict[str, bool] = {}
    for telling in (t for f in facts for t in f.tellings):
        outlets[telling.outlet] = outlets.get(telling.outlet, False) or telling.article_id in cited
    return [outlet for outlet, heard in outlets.items() if not heard]


def _in_words_of(outlet: str, fact: Fact) -> Fact:
    """Returns a fact with the outlet's own telling as the one to show."""
    own: list[Telling] = [t for t in fact.tellings if t.outlet == outlet]
    return replace(fact, tellings=(*own, *(t for t in fact.tellings if t.outlet != outlet)))
