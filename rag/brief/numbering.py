"""Numbers citations in the order in which a reader meets them, and drops those that no sentence uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.brief.types import Section
from rag.types import Citation, Disagreement


def renumbered(
    sections: Sequence[Section], citations: Sequence[Citation], disagreements: Sequence[Disagreement]
) -> tuple[tuple[Section, ...], tuple[Citation, ...], tuple[Disagreement, ...]]:
    """Returns sections, citations and disagreements with numbers from 1 on."""
    order: dict[int, int] = {}
    for section in sections:
        for sentence in section.sentences:
            for n in sentence.citations:
                order.setdefault(n, len(order) + 1)
    for disagreement in disagreements:
        for position in disagreement.positions:
            for n in position.citations:
                order.setdefault(n, len(order) + 1)

    def again(numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(order[n] for n in numbers))

    kept = sorted((replace(c, n=order[c.n]) for c in citations if c.n in order), key=lambda c: c.n)
    return (
        tuple(
            replace(s, sentences=tuple(replace(x, citations=again(x.citations)) for x in s.sentences)) for s in sections
        ),
        tuple(kept),
        tuple(
            replace(d, positions=tuple(replace(p, citations=again(p.citations)) for p in d.positions))
            for d in disagreements
        ),
    )
