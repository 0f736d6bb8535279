"""One score for a passage from four rankings and its date, each on a scale of its own.

A convex combination of normalised scores rather than ranks, which throws the distances away (Bruch, Gai and Ingber,
"An analysis of fusion functions for hybrid retrieval", TOIS 2023). A ranking's scale runs from what an unrelated text
scores, which is 0 for BM25, to the best score found. Passage and article, words and meaning weigh the same: nothing
is fitted. ``eval/bench/RETRIEVAL.md`` has what was tried.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

_RECENCY_WEIGHT = 0.25
_HALVED_AFTER = 365  # days
_UNDATED = 0.5
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of passages, or of articles, by id.

    Attributes:
        scores: What is not there counts as unrelated.
        unrelated: What a text scores that has nothing to do with the question.
    """

    scores: Mapping[str, float]
    unrelated: float = 0.0

    def normalised(self) -> dict[str, float]:
        """Returns the scores on a scale from 0, unrelated or worse, to 1, the best; all 0 when none is better."""
        best = max(self.scores.values(), default=self.unrelated)
        if best <= self.unrelated:
            return dict.fromkeys(self.scores, 0.0)
        return {i: max(0.0, (s - self.unrelated) / (best - self.unrelated)) for i, s in self.scores.items()}


def combined(
    candidates: Mapping[str, str],
    passages: Iterable[Ranking],
    articles: Iterable[Ranking],
    recency: Mapping[str, float],
) -> dict[str, float]:
    """Scores passages by all the evidence.

    What speaks for an article counts whole for its best passage, half for the next, and so on: else two passages of
    one article keep another article out.

    Args:
        candidates: By passage id the key of its article.
        passages: Rankings of the passages.
        articles: Rankings of the articles, by key.
        recency: From ``recencies``; empty when it does not count.

    Returns:
        Scores in [0, 1], best first, ties by id.
    """
    own = [ranking.normalised() for ranking in passages]
    shared = [ranking.normalised() for ranking in articles]
    whole = len(own) + len(shared) + (_RECENCY_WEIGHT if recency else 0.0)
    about = {
        i: sum(scale.get(key, 0.0) for scale in shared) + _RECENCY_WEIGHT * recency.get(i, 0.0)
        for i, key in candidates.items()
    }
    stands = {i: sum(scale.get(i, 0.0) for scale in own) for i in candidates}
    before: Counter[str] = Counter()
    scores = {}
    for i in sorted(candidates, key=lambda i: (-stands[i], i)):
        before[candidates[i]] += 1
        scores[i] = (stands[i] + about[i] / before[candidates[i]]) / whole
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))


def recencies(question: str, published: Mapping[str, date | None]) -> dict[str, float]:
    """Returns how recent texts are, in (0, 1]: 1 for the newest, 1/2 a year before it, as for one without a date.

    Who names no year asks about the present, and of several reports the newest is meant (Li and Croft, "Time-based
    language models", CIKM 2003). The decay is hyperbolic, so that an archive's old articles stay apart from one
    another. Nothing is returned when the question names a year.
    """
    dates = [day for day in published.values() if day is not None]
    if not dates or _YEAR.search(question):
        return {}
    newest = max(dates)
    return {
        i: _UNDATED if day is None else 1 / (1 + (newest - day).days / _HALVED_AFTER) for i, day in published.items()
    }
