"""The verifier that comes with the package: fact rules and a small model over lexical features, offline.

Two logistic regressions whose weights lie in ``models/builtin.json``; ``models/MODEL_CARD.md`` says on what they were
trained, how well they do on unseen documents, and what they cannot see. ``eval/training/verifier.py`` made them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from rag.check.facts import FactContext, MissingFact
from rag.check.features import Evidence, describe
from rag.check.verification import Claim, Thresholds, verdict
from rag.types import Check, Verdict

_LEAST = 0.01
WORDING_AT = 0.65
"""Least share of wording of a supported sentence, beside its support.

Among our own sentences labelled by hand (``eval.bench.shown``, the half for choosing) it takes 1 wrong one and 1 right
one of 40 from those called supported; the half for reporting loses 2 wrong ones and 3 right ones of 35.
"""


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """A logistic regression over standardised features.

    Attributes:
        names: The features, in the order of the weights.
        means: What is taken from each feature.
        scales: What each is then divided by, above 0.
        weights: Of each standardised feature.
        bias: Log odds where every feature has its mean.
        slope: Stretches the log odds into those of a calibrated probability (Platt, 1999), with ``offset``.
        offset: Added after the stretch.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    slope: float
    offset: float

    def log_odds(self, features: dict[str, float]) -> float:
        """Returns the log odds before calibration."""
        terms = zip(self.names, self.means, self.scales, self.weights, strict=True)
        return self.bias + math.fsum(w * (features[name] - mean) / scale for name, mean, scale, w in terms)

    def probability(self, features: dict[str, float]) -> float:
        """Returns the calibrated probability in (0, 1)."""
        return logistic(self.slope * self.log_odds(features) + self.offset)


@dataclass(frozen=True, slots=True)
class Assessed:
    """What is found on a claim.

    Attributes:
        support: Probability in [0, 1] that people would call it supported.
        wording: Share in [0, 1] of its words that the evidence has: the mean of all, by rarity, and of those in order.
        missing: The facts the evidence lacks.
    """

    support: float
    wording: float
    missing: tuple[MissingFact, ...]


class BuiltinVerifier:
    """Verifies by fact rules and a model of a few dozen lexical features, in some 10 milliseconds a sentence.

    Support is the probability that people would call the sentence supported, calibrated on answers and summaries of
    language models.
    """

    name = "builtin"

    def __init__(self) -> None:
        self._sentence, self._text, self.thresholds = _load()

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence."""
        return self.verify_many([Claim(claim, evidence, context)])[0]

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order; evidence that several share is read once."""
        return [self.ruling(found) for found in self.assess_many(claims)]

    def assess_many(self, claims: Sequence[Claim]) -> list[Assessed]:
        """Returns, before any verdict, what is found on each claim."""
        read: dict[str, Evidence] = {}
        found: list[Assessed] = []
        for claim in claims:
            evidence = read.get(claim.evidence) or read.setdefault(claim.evidence, Evidence(claim.evidence))
            if claim.text == claim.evidence or claim.text in evidence.sentences:
                found.append(Assessed(1.0, 1.0, ()))  # the source's own words
                continue
            features, missing = describe(claim.text, evidence, claim.context)
            wording = (features["covered"] + features["in_order"]) / 2
            found.append(Assessed(self._sentence.probability(features), wording, missing))
        return found

    def ruling(self, found: Assessed, thresholds: Thresholds | None = None) -> Check:
        """Returns the verdict on what was found, by this verifier's thresholds or others."""
        check = verdict(found.support, found.missing, thresholds or self.thresholds)
        if check.verdict is Verdict.SUPPORTED and found.wording < WORDING_AT:
            return replace(check, verdict=Verdict.PARTIAL, why="the cited words say something like this")
        return check

    def all_supported(self, supports: Sequence[float]) -> float:
        """Returns the probability that every sentence of a text is supported, from the support of each."""
        return self._text.probability(text_features(supports))


def text_features(supports: Sequence[float]) -> dict[str, float]:
    """Returns what the supports of the sentences of a text say of the whole: its worst two, its mean, its length."""
    # The source's own words have support 1, which must not outweigh a sentence that nothing bears out.
    odds = sorted(log_odds(min(max(support, _LEAST), 1 - _LEAST)) for support in supports)
    return {
        "worst": odds[0],
        "second": odds[min(1, len(odds) - 1)],
        "mean": math.fsum(odds) / len(odds),
        "sentences": math.log(len(odds)),
        "all": math.fsum(math.log(logistic(value)) for value in odds),
    }


def logistic(log_odds: float) -> float:
    """Returns the probability in (0, 1) that has the given log odds."""
    return 1 / (1 + math.exp(-max(-700.0, min(700.0, log_odds))))


def log_odds(probability: float) -> float:
    """Returns the log odds of a probability, which are kept finite at 0 and 1."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def weights_digest() -> str:
    """Returns a short digest of the weights and thresholds."""
    return hashlib.sha256(_file().encode()).hexdigest()[:16]


def _file() -> str:
    return files("rag.check.models").joinpath("builtin.json").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _load() -> tuple[LogisticModel, LogisticModel, Thresholds]:
    content = json.loads(_file())
    return _model(content["sentence"]), _model(content["text"]), Thresholds(**content["thresholds"])


def _model(content: dict[str, Any]) -> LogisticModel:
    lists = {name: tuple(content[name]) for name in ("names", "means", "scales", "weights")}
    return LogisticModel(**lists, bias=content["bias"], slope=content["slope"], offset=content["offset"])
