"""What a planned question is answered from: the passages of each of its parts, and those that its words keep out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rag.check.abstention import Part, inquire
from rag.check.courtesies import without_courtesies
from rag.check.questions import parts
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

    ``obtrusive`` are the ids of articles that lost sentences which give orders to software.
    """

    parts: tuple[PartOfQuestion, ...]
    passages: tuple[RetrievedPassage, ...]
    obtrusive: tuple[str, ...]


def gather(planned: Plan, retriever: Retriever, k: int) -> Gathered:
    """Retrieves for a question, and examines what its parts take for granted.

    Args:
        planned: The question, read.
        retriever: Finds passages.
        k: Passages in all; parts that are retrieved apart share them, but have three each at least.
    """

    def search(query: str, filters: Filters, wanted: int = k) -> list[RetrievedPassage]:
        return retriever.search(query, wanted, filters=filters, fill=True)

    if not planned.apart:
        matter = without_courtesies(planned.matter)
        found = [search(query, planned.filters) for query in _queries(planned.matter)]
        passages, obtrusive = set_aside_orders(interleaved(found, k))
        examined = inquire(matter, passages, lambda query: set_aside_orders(search(query, planned.filters))[0])
        whole = tuple(passages)
        return Gathered(tuple(PartOfQuestion(part, whole) for part in examined), whole, tuple(obtrusive))
    each = max(_FEWEST, -(-k // len(planned.asked)))
    rows, answering, obtrusive = [], list[PartOfQuestion](), list[str]()
    for one in planned.asked:
        passages, ordering = set_aside_orders(search(one.text, one.filters, each))
        obtrusive += ordering
        rows.append(passages)
        for part in inquire(
            one.text, passages, lambda query, one=one: set_aside_orders(search(query, one.filters))[0]  # type: ignore[misc]
        ):  # fmt: skip
            answering.append(PartOfQuestion(replace(part, name=one.name), tuple(passages)))
    return Gathered(tuple(answering), tuple(interleaved(rows, len(rows) * each)), tuple(sorted(set(obtrusive))))


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


def _queries(question: str) -> list[str]:
    """Returns what to search for: the question and, where it asks several things, each of them."""
    asked = parts(question)
    return [question, *asked] if len(asked) > 1 else [question]
