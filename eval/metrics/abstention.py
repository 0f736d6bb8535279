"""Abstention: no answer where there is none, an answer where there is one, and the right reason.

Recall and precision of abstaining, as of any decision; false abstention is its false positive rate.
"""

from __future__ import annotations

from eval.metrics.base import Case, Metric


def abstention_recall(case: Case) -> float | None:
    """Returns, for a question without an answer, 1 when the answer is withheld."""
    return float(case.answer.abstained) if case.item.unanswerable else None


def false_abstention(case: Case) -> float | None:
    """Returns, for a question with an answer, 1 when it is withheld."""
    return float(case.answer.abstained) if case.is_answerable else None


def abstention_precision(case: Case) -> float | None:
    """Returns, for an answer withheld, 1 when the question has none."""
    if not case.answer.abstained or not (case.item.unanswerable or case.is_answerable):
        return None
    return float(bool(case.item.unanswerable))


def abstention_reason(case: Case) -> float | None:
    """Returns, for an answer rightly withheld, 1 when the reason given is one that the item accepts."""
    if not case.item.unanswerable or not case.answer.abstained:
        return None
    return float(case.answer.reason in case.item.unanswerable)


METRICS = (
    Metric("abstention_recall", abstention_recall, "higher", "unanswerable questions that get no answer"),
    Metric("false_abstention", false_abstention, "lower", "answerable questions that get no answer"),
    Metric("abstention_precision", abstention_precision, "higher", "answers withheld that do not exist"),
    Metric("abstention_reason", abstention_reason, "higher", "answers rightly withheld that give the right reason"),
)
