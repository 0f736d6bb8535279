"""Measures a verifier against human judgements: is what it calls supported what people call supported?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from eval.judged import Judged, claims_of
from eval.metrics.classification import estimates, of_verdicts
from eval.statistics import Estimate
from rag.check.facts import FactContext
from rag.check.verification import Claim, Verifier
from rag.types import Verdict

_TEXTS_AT_A_TIME = 16


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a verifier makes of one judged text.

    Attributes:
        support: That all of its sentences are supported, in [0, 1]; ``None`` when the verifier could not score it.
        supported: Whether that is above the even line of the verifier.
        confirmed: Whether its verdict on every sentence is "supported", the stricter line at which answers are shown
            and reports are scored.
    """

    judged: Judged
    support: float | None
    supported: bool
    confirmed: bool = False


def rule(rows: Sequence[Judged], verifier: Verifier, progress: Callable[[int], None] | None = None) -> list[Ruling]:
    """Has a verifier decide on judged texts, sentence by sentence, each against its whole document.

    Args:
        rows: The texts; of several sentences, all must be supported.
        verifier: Decides.
        progress: Told how many more texts are done.
    """
    rulings: list[Ruling] = []
    rest = iter(rows)
    while batch := list(islice(rest, _TEXTS_AT_A_TIME)):
        split = [claims_of(row.claim) for row in batch]
        claims = [Claim(c, row.doc, FactContext()) for row, found in zip(batch, split, strict=True) for c in found]
        checks = iter(verifier.verify_many(claims))
        for row, found in zip(batch, split, strict=True):
            own = list(islice(checks, len(found)))
            if not all(check.scored for check in own):
                rulings.append(Ruling(row, None, False))
                continue
            support = own[0].support if len(own) == 1 else verifier.all_supported([check.support for check in own])
            even = verifier.thresholds.sentence_even if len(own) == 1 else verifier.thresholds.text_even
            confirmed = all(check.verdict is Verdict.SUPPORTED for check in own)
            rulings.append(Ruling(row, support, support >= even, confirmed))
        if progress:
            progress(len(batch))
    return rulings


def agreement(rulings: Sequence[Ruling]) -> dict[str, Estimate]:
    """Returns how well rulings agree with people, with intervals; what was not scored is left out.

    Balanced accuracy, kappa, AUROC and calibration error are of support and its even line; ``verdict_sensitivity`` and
    ``verdict_specificity`` are of the stricter verdict "supported".
    """
    scored = [(r.judged, r.support, r.supported) for r in rulings if r.support is not None]
    labels, documents = [judged.supported for judged, _, _ in scored], [judged.doc for judged, _, _ in scored]
    found = estimates(
        labels, [support for _, support, _ in scored], [supported for _, _, supported in scored], documents
    )
    confirmed = [ruling.confirmed for ruling in rulings if ruling.support is not None]
    return {**found, **of_verdicts(labels, confirmed, documents)}
