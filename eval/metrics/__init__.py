"""Metrics of answers, one small file each; ``all_metrics`` lists them in the order that reports show them."""

from __future__ import annotations

from eval.metrics import (
    abstention,
    citations,
    correctness,
    cost,
    disagreement,
    faithfulness,
    planted,
    retrieval,
    safety,
)
from eval.metrics.base import Metric


def all_metrics() -> tuple[Metric, ...]:
    """Returns every metric of answers."""
    return (
        *correctness.METRICS,
        *citations.METRICS,
        *faithfulness.METRICS,
        *planted.METRICS,
        *abstention.METRICS,
        *disagreement.METRICS,
        *safety.METRICS,
        *retrieval.METRICS,
        *cost.METRICS,
    )
