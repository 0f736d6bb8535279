"""Retrieval quality by article, from ``ir-measures``, the field's own implementation.

nDCG (Järvelin and Kekäläinen, TOIS 2002), recall, reciprocal rank (Voorhees, TREC-8) and hit rate, all of the first
ten articles; relevance is binary, and an article counts at its best passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

from eval.metrics.base import Case, Metric

DEPTH = 10
NAMES = ("ndcg@10", "recall@10", "mrr@10", "hit@10")


def ranked_articles(article_ids: Iterable[str]) -> list[str]:
    """Returns the articles of ranked passages, each at its best passage, ten at most."""
    return list(dict.fromkeys(article_ids))[:DEPTH]


def score(rankings: Sequence[Sequence[str]], relevant: Sequence[frozenset[str]]) -> dict[str, list[float]]:
    """Scores rankings.

    Args:
        rankings: Article ids of each question, best first.
        relevant: Judged articles of each question, at least one.

    Returns:
        By name, one score for each question.
    """
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    measures = dict(zip((nDCG @ DEPTH, R @ DEPTH, RR @ DEPTH, Success @ DEPTH), NAMES, strict=True))
    judgements = [ir_measures.Qrel(str(q), article, 1) for q, ids in enumerate(relevant) for article in ids]
    run = [
        ir_measures.ScoredDoc(str(q), article, -float(rank))
        for q, ranking in enumerate(rankings)
        for rank, article in enumerate(ranking)
    ]
    scores = {name: [0.0] * len(relevant) for name in NAMES}
    for found in ir_measures.iter_calc(list(measures), judgements, run):
        scores[measures[found.measure]][int(found.query_id)] = found.value
    return scores


def _of_case(name: str, case: Case) -> float | None:
    relevant = frozenset(case.report_of(evidence.article) for evidence in case.item.evidence)
    if not relevant or not case.is_answerable:
        return None
    found = [case.report_of(hit.passage.article_id) for hit in case.answer.passages]
    return _scores_of(tuple(ranked_articles(found)), relevant)[name]


@lru_cache(maxsize=1)  # the four metrics ask in turn
def _scores_of(ranking: tuple[str, ...], relevant: frozenset[str]) -> dict[str, float]:
    return {name: values[0] for name, values in score([ranking], [relevant]).items()}


METRICS = tuple(
    Metric(
        name, partial(_of_case, name), "higher",
        f"{name} of the articles retrieved for the answer against those named as evidence (ir-measures)",
    )
    for name in NAMES
)  # fmt: skip
