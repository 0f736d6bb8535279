"""What a difference between runs means, what a suite could have noticed, what a fallible judge's rate is worth."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.statistics import Estimate, cluster_sums, mean, members_of

ALPHA = 0.05
_EXACT_UP_TO = 12  # clusters that differ: 4,096 sign patterns
_PATTERNS = 9_999
_POWER = 0.8
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """New minus base over the same items.

    Attributes:
        estimate: The mean difference, its interval and the number of items.
        p: Two-sided probability of a mean difference at least this large if neither run were better.
    """

    estimate: Estimate
    p: float


def paired_difference(base: Sequence[float], new: Sequence[float], clusters: Sequence[Hashable]) -> Difference:
    """Compares two runs item by item.

    The interval draws whole clusters (``eval.statistics.mean``); p is from a paired permutation test, which exchanges
    the two runs in each cluster (scipy's ``permutation_test`` with sign flips; Good, "Permutation, Parametric, and
    Bootstrap Tests of Hypotheses", 2005, section 3.2).
    """
    from scipy.stats import permutation_test

    differences = [n - b for b, n in zip(base, new, strict=True)]
    if not any(differences):
        return Difference(Estimate(0.0, 0.0, 0.0, len(differences)), 1.0)
    sums = cluster_sums(differences, clusters)
    changed = sums[sums != 0.0]
    p = 1.0
    if len(changed) > 1:  # either sign of a single cluster is as likely
        patterns = 2 ** len(changed) if len(changed) <= _EXACT_UP_TO else _PATTERNS
        found = permutation_test(
            (changed,), lambda x, axis: np.sum(x, axis=axis), permutation_type="samples", vectorized=True,
            n_resamples=patterns, alternative="two-sided", rng=np.random.default_rng(0),
        )  # fmt: skip
        p = float(found.pvalue)
    return Difference(mean(differences, clusters, is_share=False), p)


def adjusted(ps: Sequence[float]) -> list[float]:
    """Returns p-values corrected for how many were looked at (Benjamini and Hochberg, JRSS B 1995, from scipy).

    With no true difference anywhere, one below 0.05 is then found in at most 5% of comparisons, however many metrics
    there are.
    """
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(ps)] if ps else []


def noticeable_drop(
    values: Sequence[float], clusters: Sequence[Hashable], *, better: str = "higher", among: int = 1
) -> float | None:
    """Returns the smallest loss of a share that a paired comparison would notice four times in five.

    The loss is what follows when a change breaks a random share of items, each scoring its worst from then on. The
    permutation test of ``paired_difference`` finds that at level ``alpha``, here ``ALPHA / among``, once ``k`` clusters
    have lost something, with ``k`` the least number for which ``2 ** (1 - k) <= alpha``; the chance of so many is a
    Poisson binomial probability.

    Args:
        values: One for each item, in [0, 1].
        clusters: The cluster of each.
        better: ``higher`` or ``lower``.
        among: Metrics compared, of which one is broken; the correction for their number asks for that much.

    Returns:
        The drop, in the unit of the values; ``None`` when the suite is too small to notice that everything breaks.
    """
    sample = np.asarray(values, dtype=np.float64)
    sample = sample if better == "higher" else 1 - sample
    counts = [np.count_nonzero(sample[places]) for places in members_of(clusters)]
    worth = [float(count) for count in counts if count]
    needed = 1 + math.ceil(math.log2(max(1, among) / ALPHA))
    if len(worth) < needed:
        return None
    for step in range(1, _STEPS + 1):
        broken = step / _STEPS
        affected = np.array([1 - (1 - broken) ** size for size in worth])
        if _at_least(needed, affected) >= _POWER:
            return broken * float(sample.mean())
    return None


def corrected_rate(observed: Estimate, sensitivity: Estimate, specificity: Estimate, *, seed: int = 0) -> Estimate:
    """Returns what a rate seen by a fallible judge says of the true rate.

    The estimator of Rogan and Gladen (American Journal of Epidemiology, 1978): (observed + specificity - 1) /
    (sensitivity + specificity - 1), kept in [0, 1]. The interval carries the uncertainty of all three figures, each
    drawn from a normal distribution that has its interval (Lang and Reiczigel, Preventive Veterinary Medicine, 2014,
    give the closed form for simple samples).

    Returns:
        NaN when the judge is no better than chance, which nothing can be corrected for.
    """
    draws = np.random.default_rng(seed)

    def drawn(figure: Estimate) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        spread = max(figure.high - figure.low, 0.0) / (2 * 1.959964)
        return np.clip(draws.normal(figure.value, spread, 20_000), 0.0, 1.0)

    information = sensitivity.value + specificity.value - 1
    if not information > 0.05:
        return Estimate(math.nan, math.nan, math.nan, observed.n)
    value = (observed.value + specificity.value - 1) / information
    seen, right, refused = drawn(observed), drawn(sensitivity), drawn(specificity)
    worth = right + refused - 1
    rates = np.clip((seen + refused - 1)[worth > 0.05] / worth[worth > 0.05], 0.0, 1.0)
    low, high = (float(bound) for bound in np.quantile(rates, (0.025, 0.975)))
    return Estimate(min(max(value, 0.0), 1.0), low, high, observed.n)


def _at_least(needed: int, chances: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Returns the probability that at least ``needed`` of independent events happen."""
    exactly = np.zeros(needed)
    exactly[0] = 1.0
    for chance in chances:
        exactly[1:] = exactly[1:] * (1 - chance) + exactly[:-1] * chance
        exactly[0] *= 1 - chance
    return float(1 - exactly.sum())
