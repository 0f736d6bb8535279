"""What a planned question is answered from: the passages of each of its parts, and those that its words keep out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rag.check.abstention import Part, inquire
from rag.check.courtesies import without_courtesies
from rag.question.plan import Plan
from rag.retrieve.hybrid import Retriever
from rag.retrieve.untrusted import set_aside_orders
from rag.types import Filters, RetrievedPassage

_HIDDEN_READ = 3
_FEWEST = 3  # passages for each of several parts that are retrieved apart


@dataclass(frozen=True, slots=True)
class PartOfQuestion:
    """One part of a question, examined, and the passages it is answered from."""

    asked: Part
    passages: tuple[RetrievedPassage, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The parts of a question and all their passages, best first.

    ``obtrusive`` are the ids of articles that lost sentences which give orders to software. ``spare`` is what to ask
    instead when no part is answered: the matter that two people or parties are compared on.
    """

    parts: tuple[PartOfQuestion, ...]
    passages: tuple[RetrievedPassage, ...]
    obtrusive: tuple[str, ...]
    spare: PartOfQuestion | None = None


def gather(planned: Plan, retriever: Retriever, k: int) -> Gathered:
    """Retrieves for a question, and examines what its parts take for granted.

    Args:
        planned: The question, read.
        retriever: Finds passages.
        k: Passages in all; parts that are retrieved apart share them, but have three each at least.
    """

    def search(query: str, filters: Filters, wanted: int = k) -> list[RetrievedPassage]:
        return retriever.search(query, wanted, filters=filters, fill=True)

    def clear(hits: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
        kept, touched = set_aside_orders(hits)
        obtrusive.update(touched)
        return kept

    obtrusive = set[str]()
    answering: list[PartOfQuestion] = []
    if planned.apart:
        each = max(_FEWEST, -(-k // len(planned.asked)))
        for one in planned.asked:
            own = clear(search(one.text, one.filters, each))
            examined = inquire(one.text, own, lambda query, one=one: clear(search(query, one.filters)))  # type: ignore[misc]
            answering += [PartOfQuestion(replace(part, name=one.name), tuple(own)) for part in examined]
        spare = None
        if planned.sides is not None and planned.sides.of_speakers:
            own = clear(search(planned.matter, planned.filters, each))
            [part, *_] = inquire(planned.matter, own, lambda query: clear(search(query, planned.filters)))
            spare = PartOfQuestion(part, tuple(own))
        rows = [part.passages for part in (*answering, *([spare] if spare else []))]
        passages = interleaved(rows, len(rows) * each)
        return Gathered(tuple(answering), tuple(passages), tuple(sorted(obtrusive)), spare)
    queries = [planned.matter, *(one.text for one in planned.asked)] if len(planned.asked) > 1 else [planned.matter]
    found = [search(query, planned.filters) for query in queries]
    passages = clear(interleaved(found, k))
    matter = without_courtesies(planned.matter)
    for place, part in enumerate(inquire(matter, passages, lambda query: clear(search(query, planned.filters))), 1):
        # Its own best first, then those of the whole, which know what it is about.
        best = clear(interleaved([found[place], found[0]], k)) if place < len(found) else passages
        answering.append(PartOfQuestion(part, tuple(best)))
    rows = [tuple(passages), *(part.passages for part in answering)]
    return Gathered(tuple(answering), tuple(interleaved(rows, len(rows) * k)), tuple(sorted(obtrusive)))


def kept_out(
    question: str, retriever: Retriever, passages: Sequence[RetrievedPassage], within: Filters | None = None
) -> list[RetrievedPassage]:
    """Returns the best passages for a question that its filters kept out.

    Args:
        question: What was searched.
        retriever: Finds passages.
        passages: What the filters let through.
        within: The filters that hold all the same.
    """
    seen = {hit.passage.id for hit in passages}
    everywhere, _ = set_aside_orders(retriever.search(question, len(seen) + _HIDDEN_READ, filters=within))
    return [hit for hit in everywhere if hit.passage.id not in seen][:_HIDDEN_READ]


def interleaved(found: Iterable[Sequence[RetrievedPassage]], k: int) -> list[RetrievedPassage]:
    """Returns the best ``k`` passages of several searches, taken in turn."""
    by_id = {hit.passage.id: hit for row in zip_longest(*found) for hit in row if hit is not None}
    return list(by_id.values())[:k]
