"""When to withhold an answer, wholly or for a part of the question, and the reason that is given.

The one place that decides; what it decides from is gathered before (what the question takes for granted, what the
sources hold against it) and after drafting (what was shown, where sources disagree).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.check.events import wording
from rag.check.premises import Premise, Standing, examine
from rag.check.questions import parse, parts, without_context
from rag.types import AbstentionReason, Disagreement, RetrievedPassage, Span

Search = Callable[[str], Sequence[RetrievedPassage]]
Evidence = tuple[tuple[RetrievedPassage, Span], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a question asks, and how what it takes for granted stands in the sources.

    ``name`` is how the reader is told of it, where that is more than the text.
    """

    text: str
    premise: Premise
    name: str = ""

    @property
    def refuted(self) -> bool:
        """Whether the sources say otherwise, so that nothing can answer it."""
        return self.premise.standing is Standing.REFUTED


@dataclass(frozen=True, slots=True)
class Decision:
    """What to tell the reader.

    Attributes:
        reason: Why nothing is shown, or ``partial`` when a part of the question is left open; ``None`` for an answer.
        evidence: Source sentences to put before all others as the nearest evidence.
        warnings: One line for each part of the question that is left open.
    """

    reason: AbstentionReason | None
    evidence: Evidence = ()
    warnings: tuple[str, ...] = ()


def inquire(question: str, passages: Sequence[RetrievedPassage], search: Search) -> tuple[Part, ...]:
    """Takes a question apart and examines what each part takes for granted.

    Args:
        question: The standalone question.
        passages: What was retrieved for it.
        search: Finds further passages under the same filters. What speaks against a premise seldom speaks in the
            question's words, so it is asked for the doer and all words for the deed.
    """
    return tuple(Part(text, _examined(text, passages, search)) for text in parts(question))


def decide(
    asked: Sequence[Part],
    answered: Sequence[bool],
    *,
    disagreements: Sequence[Disagreement],
    elsewhere: Callable[[], bool],
) -> Decision:
    """Decides what becomes of a question.

    Args:
        asked: Its parts.
        answered: For each part, whether a shown sentence answers it.
        disagreements: What the sources differ on. They are the reason only when nothing could be shown at all: two
            positions side by side are an answer.
        elsewhere: Finds out whether articles that the filters keep out would answer; asked last, as it may cost a
            model's time.
    """
    if any(answered):
        left = [part for part, done in zip(asked, answered, strict=True) if not done]
        return Decision(AbstentionReason.PARTIAL if left else None, (), tuple(map(_left_open, left)))
    against = tuple(pair for part in asked if part.refuted for pair in part.premise.against)
    if against:
        return Decision(AbstentionReason.FALSE_PREMISE, against)
    if disagreements:
        return Decision(AbstentionReason.CONFLICTING)
    if elsewhere():
        return Decision(AbstentionReason.OUTSIDE_FILTERS)
    apart = tuple(
        pair for part in asked if part.premise.standing is Standing.UNRELATED for pair in part.premise.against
    )
    return Decision(AbstentionReason.FALSE_PREMISE if apart else AbstentionReason.NOT_IN_CORPUS, apart)


def _examined(question: str, passages: Sequence[RetrievedPassage], search: Search) -> Premise:
    premise = examine(question, passages)
    if premise.standing not in (Standing.UNKNOWN, Standing.UNRELATED):
        return premise
    form = parse(question)
    return examine(question, [*passages, *search(f"{form.subject} {form.rest} {wording(form.kinds)}")])


def _left_open(part: Part) -> str:
    asked = part.name or without_context(part.text)
    if part.refuted:
        return f"the sources contradict what this part of the question takes for granted: {asked}"
    return f"the sources do not answer this part of the question: {asked}"
