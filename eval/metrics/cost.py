"""What an answer costs: time, tokens and money. Stored answers keep the cost of when they were given."""

from __future__ import annotations

from eval.metrics.base import Metric

METRICS = (
    Metric(
        "seconds_p50", lambda case: case.answer.seconds.total, "lower", "median seconds of an answer",
        summary="p50", is_quality=False,
    ),
    Metric(
        "seconds_p95", lambda case: case.answer.seconds.total, "lower", "95th percentile of seconds of an answer",
        summary="p95", is_quality=False,
    ),
    Metric(
        "overhead_p50", lambda case: case.answer.seconds.retrieve + case.answer.seconds.check, "lower",
        "median seconds of everything but the model", summary="p50", is_quality=False,
    ),
    Metric(
        "tokens", lambda case: float(case.answer.usage.prompt_tokens + case.answer.usage.completion_tokens), "lower",
        "model tokens of an answer", is_quality=False,
    ),
    Metric("cost_usd", lambda case: case.answer.usage.cost_usd, "lower", "US dollars of an answer", is_quality=False),
)  # fmt: skip
