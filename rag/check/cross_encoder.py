"""Verifying with a cross-encoder: HHEM, MiniCheck, or any model of natural language inference."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.facts import FactContext, missing_facts
from rag.check.verification import Claim, Thresholds, verdict
from rag.index.sentence_models import PairScorer
from rag.types import Check

_THRESHOLDS = Thresholds(supported_at=0.5, unsupported_below=0.25, sentence_even=0.5, text_even=0.5)
"""Where such models draw their own line; calibrate on sentences of your own kind before relying on it."""


class CrossEncoderVerifier:
    """Scores evidence and claim together; the fact rules still have the last word.

    Args:
        name: What the settings call the model.
        scorer: Gives the probability that evidence supports a claim.
    """

    def __init__(self, name: str, scorer: PairScorer) -> None:
        self._scorer = scorer
        self.name = f"cross-encoder:{name}"
        self.thresholds = _THRESHOLDS

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence."""
        return self.verify_many([Claim(claim, evidence, context)])[0]

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order, all scored in batches."""
        scores = self._scorer.score([(claim.evidence, claim.text) for claim in claims]) if claims else []
        return [
            verdict(score, missing_facts(claim.text, claim.evidence, context=claim.context), self.thresholds)
            for claim, score in zip(claims, scores, strict=True)
        ]

    def all_supported(self, supports: Sequence[float]) -> float:
        """Returns the support of the worst sentence."""
        return min(supports)
