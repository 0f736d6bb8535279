"""Short sentences by a language model, for the few places where they matter most.

The model is asked as for an answer: one passage at a time, a gate before and a check after, and every sentence then
goes through the ledger. It is slow on a small machine, so only the best passages are put to it.
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
    by_passage = {f.best.passage.passage.id: f for f in reversed(facts)}
    chosen = [f for f in facts if by_passage[f.best.passage.passage.id] is f][: _PASSAGES[request.length]]
    question = f"What happened regarding {request.topic}?" if request.topic else "What is the main news?"
    found: list[tuple[Fact, AnswerSentence]] = []
    for number, fact in enumerate(chosen, 1):
        notice(f"asking the model about passage {number} of {len(chosen)}")
        with closing(answerer.draft(question, [fact.best.passage], trace)) as drafts:  # type: ignore[type-var]
            for draft in drafts:
                if (own := _source(fact, draft)) is not None:
                    dated = with_days(draft.text, own.best.published)
                    tried = (
                        desk.told(text, own.best, [own.best.passage]) for text in dict.fromkeys((dated, draft.text))
                    )
                    if (sentence := next((s for s in tried if s), None)) is not None:
                        found.append((own, sentence))
                break
        if trace.failure or len(found) >= _WANTED:
            break
    return found


def _source(fact: Fact, draft: Draft) -> Fact | None:
    """Returns the fact if the draft was drawn from its sentence rather than from another of the passage."""
    inside = fact.best.passage.passage
    offered = [CitedSentence(inside.article_id, inside.version, s, inside.words(s)) for s in inside.sentences]
    chosen = choose_citations(draft.text, offered, limit=1)
    return fact if chosen and chosen[0].span == fact.best.span else None
