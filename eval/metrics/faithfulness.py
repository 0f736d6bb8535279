"""Faithfulness: whether shown sentences are borne out by what was retrieved, wherever they cite it.

The definition is that of RAGAS (Es et al., "RAGAS: Automated Evaluation of Retrieval Augmented Generation", EACL 2024)
with sentences as the statements and any verifier as the judge.
"""

from __future__ import annotations

from eval.metrics.base import Case, Metric, share_of


def faithfulness(case: Case) -> float | None:
    """Returns the share of sentences that the cited words or a retrieved passage bear out."""
    return share_of(sentence.sourced for sentence in case.judged)


METRICS = (
    Metric(
        "faithfulness", faithfulness, "higher",
        "share of sentences that the retrieved passages bear out, by the judge (RAGAS, Es et al. 2024)",
    ),
)  # fmt: skip
