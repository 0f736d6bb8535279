"""Retrieval measured by itself: judged questions against a corpus, by the same ``search`` that answers use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.metrics.retrieval import DEPTH, ranked_articles, score
from eval.statistics import Estimate, mean
from rag.service import Dateline
from rag.types import RetrievedPassage, SearchMode

PASSAGES = 2 * DEPTH  # at most two passages of an article are returned, so these hold ten articles


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, the articles judged relevant to it, and accepted answers where the collection states any."""

    text: str
    relevant: frozenset[str]
    answers: tuple[str, ...] = ()


def measure(
    dateline: Dateline,
    questions: Sequence[JudgedQuestion],
    mode: SearchMode,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[dict[str, Estimate], list[list[RetrievedPassage]]]:
    """Searches every question and scores the articles found.

    Returns:
        By metric the mean with its interval, and what was found for each question. Questions about the same article are
        drawn together.
    """
    found = []
    for question in questions:
        found.append(dateline.search(question.text, PASSAGES, mode=mode))
        progress(1)
    rankings = [ranked_articles(hit.passage.article_id for hit in hits) for hits in found]
    scores = score(rankings, [question.relevant for question in questions])
    clusters = [min(question.relevant) for question in questions]
    return {name: mean(values, clusters) for name, values in scores.items()}, found
