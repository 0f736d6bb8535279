"""Short sentences by a language model, for the few places where they matter most.

The model is asked as for an answer: one passage at a time, a gate before and a check after, and every sentence then
goes through the ledger. It is slow on a small machine, so only the best passages are put to it: of one story a few, of
several stories the best of each first, whatever their number of articles. So a briefing never outgrows its context.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from rag.brief.desk import Desk
from rag.brief.facts import Fact
from rag.brief.types import Length, Request
from rag.brief.wording import with_days
from rag.check.citations import CitedSentence, choose_citations
from rag.generate.drafting import Answerer, Draft, Trace
from rag.types import AnswerSentence

_PASSAGES = {Length.SHORT: 3, Length.STANDARD: 4, Length.LONG: 6}
_WANTED = 3


def condensed(
    facts: Sequence[Fact],
    request: Request,
    answerer: Answerer | None,
    desk: Desk,
    trace: Trace,
    notice: Callable[[str], None],
) -> list[tuple[Fact, AnswerSentence]]:
    """Returns facts, each with a short sentence that its source bears out; empty without a model.

    Args:
        facts: The most important first.
        request: The briefing.
        answerer: Asks a model; ``None`` does nothing.
        desk: Checks what it wrote.
        trace: What it cost.
        notice: Told about the work.
    """
    if answerer is None or answerer.name == "extractive" or not facts:
        return []
    stories = len({f.story for f in facts})
    chosen = _chosen(facts, max(_PASSAGES[request.length], stories))
    question = f"What happened regarding {request.topic}?" if request.topic else "What is the main news?"
    found: list[tuple[Fact, AnswerSentence]] = []
    for number, fact in enumerate(chosen, 1):
        notice(f"asking the model about passage {number} of {len(chosen)}")
        if sentence := _sentence(fact, question, answerer, desk, trace):
            found.append((fact, sentence))
        if trace.failure or (number >= stories and len(found) >= _WANTED):
            break
    return found


def _chosen(facts: Sequence[Fact], limit: int) -> list[Fact]:
    """Returns the best facts of different passages, the best of each story before the second of any."""
    passages: set[str] = set()
    rank: dict[int, int] = {}
    ranked: list[tuple[int, Fact]] = []
    for fact in facts:
        if fact.best.passage.passage.id not in passages:
            passages.add(fact.best.passage.passage.id)
            rank[fact.story] = rank.get(fact.story, 0) + 1
            ranked.append((rank[fact.story], fact))
    return [fact for _, fact in sorted(ranked, key=lambda pair: pair[0])][:limit]


def _sentence(fact: Fact, question: str, answerer: Answerer, desk: Desk, trace: Trace) -> AnswerSentence | None:
    with closing(answerer.draft(question, [fact.best.passage], trace)) as drafts:  # type: ignore[type-var]
        draft = next(drafts, None)
    if draft is None or not _is_drawn_from(fact, draft):
        return None
    dated = with_days(draft.text, fact.best.published)
    tried = (desk.told(text, fact.best, [fact.best.passage]) for text in dict.fromkeys((dated, draft.text)))
    return next((sentence for sentence in tried if sentence), None)


def _is_drawn_from(fact: Fact, draft: Draft) -> bool:
    """Tells whether a draft was drawn from the sentence of the fact rather than from another of the passage."""
    inside = fact.best.passage.passage
    offered = [CitedSentence(inside.article_id, inside.version, s, inside.words(s)) for s in inside.sentences]
    chosen = choose_citations(draft.text, offered, limit=1)
    return bool(chosen) and chosen[0].span == fact.best.span
