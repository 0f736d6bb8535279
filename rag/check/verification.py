"""The verdict on a sentence: hard facts first, then how well the cited words support it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.check.facts import FactContext, FactKind, MissingFact
from rag.types import Check, Verdict

_FATAL = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTATION, FactKind.NEGATION})
_OPPOSITE = frozenset({FactKind.REVERSAL, FactKind.ROLE})
_NOT_KEPT = frozenset({FactKind.ATTRIBUTION, FactKind.MODALITY})


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, the words it cites, and what is known of the article they come from."""

    text: str
    evidence: str
    context: FactContext


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a verifier draws its lines, on its own scale of support in [0, 1].

    Each verifier keeps its own, since scores of two verifiers are not comparable; those of the built-in one lie with
    its weights, beside the data and the command that chose them.

    Attributes:
        supported_at: Least support of a sentence that is shown as supported.
        unsupported_below: Support under which a sentence cannot be confirmed at all. Between the two it is partial.
            Most sentences below are still right, so the word for them is "could not confirm".
        sentence_even: Where a sentence is as likely called supported as not, both kinds of mistake weighing alike;
            for measuring, not for showing.
        text_even: The same for a text of several sentences, on the scale of ``Verifier.all_supported``.
    """

    supported_at: float
    unsupported_below: float
    sentence_even: float
    text_even: float


class Verifier(Protocol):
    """Says whether cited words bear out a sentence."""

    @property
    def name(self) -> str:
        """What the settings call it."""

    @property
    def thresholds(self) -> Thresholds:
        """Where it draws its lines."""

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence."""

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order; a learned verifier scores them in one batch."""

    def all_supported(self, supports: Sequence[float]) -> float:
        """Returns in [0, 1] how likely all sentences of a text are supported, from the support of each."""


def verdict(support: float, missing: Sequence[MissingFact], thresholds: Thresholds) -> Check:
    """Turns support in [0, 1] and missing facts into a verdict; every scoring verifier shares this policy."""
    low, high = thresholds.unsupported_below, thresholds.supported_at
    if support < low or (missing and support < high):
        check = Check(Verdict.UNSUPPORTED, support, "the cited words do not say this")
    elif support < high:
        check = Check(Verdict.PARTIAL, support, "the cited words say only part of this")
    else:
        check = Check(Verdict.SUPPORTED, support)
    return at_best_partial(check, missing)


def at_best_partial(check: Check, missing: Sequence[MissingFact]) -> Check:
    """Lowers a verdict for facts that the evidence lacks, whatever gave it.

    A sentence that copies its source but for a negation, or with two names exchanged, or that tells a modifier as its
    opposite, is contradicted. A number, date, quotation or negation that the evidence lacks makes a sentence
    unsupported; a name that it lacks, an exchanged word, a claim or a plan told as a fact leave it partial at best.
    """
    if not missing:
        return check
    why = "; ".join(_explained(fact) for fact in missing)
    check = replace(check, lacks=tuple(dict.fromkeys(str(fact.kind) for fact in missing)))
    if check.verdict is Verdict.CONTRADICTED or any(fact.kind in _OPPOSITE for fact in missing):
        return replace(check, verdict=Verdict.CONTRADICTED, why=why)
    is_fatal = check.verdict is Verdict.UNSUPPORTED or any(fact.kind in _FATAL for fact in missing)
    return replace(check, verdict=Verdict.UNSUPPORTED if is_fatal else Verdict.PARTIAL, why=why)


def _explained(fact: MissingFact) -> str:
    if fact.kind in _OPPOSITE:
        return fact.text
    if fact.kind in _NOT_KEPT:
        return f"{fact.kind} not kept: {fact.text}"
    return f"{fact.kind} not in the source: {fact.text}"
