"""Which of two events came first, by the days that the cited words speak of."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.day_words import in_words
from rag.index.catalog import Catalog
from rag.question.comparison import Comparison
from rag.types import AnswerSentence, Citation, EventDate


def told_order(
    compared: Comparison, answers: Sequence[Sequence[AnswerSentence]], citations: Sequence[Citation], catalog: Catalog
) -> str:
    """Returns which of two events came first, as one line; empty where the cited words do not tell.

    Args:
        compared: The two.
        answers: For each of them, the sentences that say when it was.
        citations: Those of the answer.
        catalog: Knows which days articles speak of.
    """
    days = [_day(sentences, citations, catalog) for sentences in answers]
    if len(days) != 2 or days[0] is None or days[1] is None:
        return ""
    (one, other), (first, second) = (compared.first.name, compared.second.name), (days[0], days[1])
    if second.last < first.first:
        (one, first), (other, second) = (other, second), (one, first)
    if first.last < second.first:
        return f"by the days cited, {one} ({_words(first)}) came before {other} ({_words(second)})"
    if first == second and first.first == first.last:
        return f"by the days cited, both were on {_words(first)}"
    return ""


def _day(sentences: Sequence[AnswerSentence], citations: Sequence[Citation], catalog: Catalog) -> EventDate | None:
    """Returns the most exact day that the words cited for the first of some sentences that has one speak of."""
    by_number = {citation.n: citation for citation in citations}
    for sentence in sentences:
        found: list[EventDate] = []
        for citation in (by_number[n] for n in sentence.citations if n in by_number):
            dates = catalog.event_dates(citation.article_id, citation.version)
            found += [d for d in dates if citation.start <= d.span.start and d.span.end <= citation.end]
        if found:
            return min(found, key=lambda d: d.last - d.first)
    return None


def _words(found: EventDate) -> str:
    first, last = (in_words(day, day) for day in (found.first, found.last))
    return first if first == last else f"{first} to {last}"
