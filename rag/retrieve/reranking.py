"""Reranking: a cross-encoder reads the question with each of the best passages (Nogueira and Cho, arXiv 1901.04085)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from rag.config import Settings

NONE = "none"
RERANKED = 50


class Reranker(Protocol):
    """Tells how well texts answer a question."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Returns one score in [0, 1] per pair of question and text, in order."""


def load_reranker(settings: Settings) -> Reranker | None:
    """Returns the reranker that ``settings.reranker`` names, ``None`` for `none`.

    Raises:
        ModelUnavailableError: There is no such model, or it does not give one score for a pair.
    """
    if settings.reranker == NONE:
        return None
    from rag.index.sentence_models import RelevanceScorer

    return RelevanceScorer(settings.reranker)


def reranked(
    question: str, scores: Mapping[str, float], texts: Mapping[str, str], reranker: Reranker
) -> dict[str, float]:
    """Orders the passages that have a text anew, and leaves the others behind them in their order.

    Args:
        question: What was asked.
        scores: By id, best first, in [0, 1].
        texts: What the reranker reads of the best passages.
        reranker: Scores them.

    Returns:
        Scores in [0, 1], best first; ties keep their order.
    """
    read = [i for i in scores if i in texts]
    if not read:
        return dict(scores)
    new = dict(zip(read, reranker.score([(question, texts[i]) for i in read]), strict=True))
    worst = min(new.values())
    rest = {i: worst * score for i, score in scores.items() if i not in new}
    return dict(sorted(new.items(), key=lambda pair: -pair[1])) | rest
