"""Disagreement: shown where sources contradict each other, and only there."""

from __future__ import annotations

from eval.matching import holds
from eval.metrics.base import Case, Metric
from eval.suites import ExpectedDisagreement


def disagreement_shown(case: Case) -> float | None:
    """Returns 1 when a disagreement of the expected kind is shown with every expected value at a position."""
    expected = case.item.must_disagree
    if not expected:
        return None
    shown = case.answer.disagreements
    if not isinstance(expected, ExpectedDisagreement):
        return float(bool(shown))
    fitting = [d for d in shown if expected.kind in ("", d.kind)]
    return float(
        any(all(any(holds(p.value, value) for p in d.positions) for value in expected.values) for d in fitting)
    )


def false_disagreement(case: Case) -> float | None:
    """Returns 1 when a disagreement is shown where the sources have none."""
    return float(bool(case.answer.disagreements)) if case.item.must_disagree is False else None


METRICS = (
    Metric("disagreement_shown", disagreement_shown, "higher", "contradictions of sources shown with all positions"),
    Metric("false_disagreement", false_disagreement, "lower", "disagreements shown where sources do not contradict"),
)
