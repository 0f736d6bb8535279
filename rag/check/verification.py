"""The verdict on a sentence: hard facts first, then how well the cited words support it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.check.citations import CitedSentence
from rag.check.facts import FactContext, FactKind, MissingFact, missing_facts
from rag.check.support import Idf, support
from rag.types import Check, Verdict

SUPPORTED_AT = 0.65
"""Least support of a supported sentence.

The lowest step at which at most 3% of the sentences called supported are wrong in both RAGTruth sentence sets, each
judged against the sentences that ``choose_citations`` picks: ``python -m rag.check.calibration JUDGE_DIR CLAPNQ``.
"""

UNSUPPORTED_BELOW = 0.35
"""Support under which a sentence cannot be confirmed at all; between the two thresholds it is partial.

Chosen by the same command: below it sentences are wrong 2.5 to 4 times as often as on average. Most are still
right, so the word for them is "could not confirm".
"""

_FATAL = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTATION, FactKind.NEGATION, FactKind.ROLE})


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, the words it cites, and what is known of the article they come from."""

    text: str
    evidence: str
    context: FactContext


class Verifier(Protocol):
    """Says whether cited words bear out a sentence."""

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence."""
        ...

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order; a learned verifier scores them in one batch."""
        ...


class LexicalVerifier:
    """Verifies by rules and word overlap, without a model.

    It cannot tell a dropped negation or an exchanged role from the truth: for that a learned verifier takes its
    place. It never says ``contradicted``.

    Args:
        idf: Weight of a stem in the corpus; ``None`` weighs all alike.
    """

    def __init__(self, idf: Idf | None = None) -> None:
        self._idf = idf

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence, in about two milliseconds."""
        return verdict(support(claim, evidence, self._idf), missing_facts(claim, evidence, context=context))

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order."""
        return [self.verify(claim.text, claim.evidence, claim.context) for claim in claims]


def verdict(score: float, missing: Sequence[MissingFact]) -> Check:
    """Turns support in [0, 1] and missing facts into a verdict; every verifier shares this policy.

    A number, date, quotation or negation that the evidence lacks makes a sentence unsupported whatever its score; a
    name that it lacks leaves it partial at best, since evidence often says "he".
    """
    why = "; ".join(f"{fact.kind} not in the source: {fact.text}" for fact in missing)
    if any(fact.kind in _FATAL for fact in missing) or score < UNSUPPORTED_BELOW or (missing and score < SUPPORTED_AT):
        return Check(Verdict.UNSUPPORTED, min(score, UNSUPPORTED_BELOW), why or "the cited words do not say this")
    if missing or score < SUPPORTED_AT:
        return Check(Verdict.PARTIAL, min(score, SUPPORTED_AT), why or "the cited words say only part of this")
    return Check(Verdict.SUPPORTED, score)


def check_sentence(sentence: str, evidence: Sequence[CitedSentence], context: FactContext, verifier: Verifier) -> Check:
    """Returns the verdict on a sentence by the source sentences it cites, in source order.

    Args:
        sentence: The sentence without citation markers.
        evidence: What it cites; citing nothing makes it unsupported.
        context: Facts of the cited article.
        verifier: Decides.
    """
    if not evidence:
        return Check(Verdict.UNSUPPORTED, 0.0, "no source sentence has these words")
    return verifier.verify(sentence, " ".join(cited.text for cited in evidence), context)
