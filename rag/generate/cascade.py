"""The built-in verifier with a language model for the sentences it is unsure of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from rag.check.builtin import BuiltinVerifier, log_odds, logistic
from rag.check.facts import FactContext
from rag.check.verification import Claim, Thresholds
from rag.generate.llm import LanguageModel
from rag.generate.prompts import statement_messages
from rag.types import Check


@dataclass(frozen=True, slots=True)
class Mixture:
    """How two opinions become one, as fitted by ``eval/training/cascade.py``.

    Attributes:
        low: Least support of the middle zone; below it the built-in verifier is left to itself.
        high: Support from which it is left to itself again.
        builtin: Weight of its log odds.
        model: Weight of the log odds of the language model's P(yes).
        offset: Added to their sum, which are then calibrated log odds.
        thresholds: On that scale.
    """

    low: float
    high: float
    builtin: float
    model: float
    offset: float
    thresholds: Thresholds

    def support(self, support: float, yes: float) -> float:
        """Returns the support in (0, 1) by both opinions."""
        return logistic(self.builtin * log_odds(support) + self.model * log_odds(yes) + self.offset)


class CascadeVerifier:
    """Asks a language model whether a statement is true, one token, where the built-in verifier is in doubt.

    The classifier cascade of Viola and Jones (2001): what is cheap decides the clear cases, what is dear the others.

    Args:
        first: Scores every sentence.
        load: Loads the model when the first doubtful sentence comes; it must give log probabilities.
    """

    name = "cascade"

    def __init__(self, first: BuiltinVerifier, load: Callable[[], LanguageModel]) -> None:
        self._first = first
        self._load = load
        self._model: LanguageModel | None = None
        self._mixture = _mixture()
        self.thresholds = self._mixture.thresholds

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence.

        Raises:
            ModelError: The language model was needed and fails.
        """
        return self.verify_many([Claim(claim, evidence, context)])[0]

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order."""
        checks = []
        for claim, found in zip(claims, self._first.assess_many(claims), strict=True):
            if self._mixture.low <= found.support < self._mixture.high:
                found = replace(found, support=self._mixture.support(found.support, self._yes(claim)))
            checks.append(self._first.ruling(found, self.thresholds))
        return checks

    def all_supported(self, supports: Sequence[float]) -> float:
        """Returns the probability that every sentence of a text is supported, from the support of each."""
        return self._first.all_supported(supports)

    def _yes(self, claim: Claim) -> float:
        if self._model is None:
            self._model = self._load()
        probability, _ = self._model.probability_of_yes(statement_messages(claim.evidence, claim.text))
        return probability


@lru_cache(maxsize=1)
def _mixture() -> Mixture:
    content = json.loads(files("rag.check.models").joinpath("cascade.json").read_text(encoding="utf-8"))
    return Mixture(**{**content["mixture"], "thresholds": Thresholds(**content["thresholds"])})
