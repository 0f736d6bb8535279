"""Numbers with their uncertainty: every figure is a value with n and a 95% interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1_000
_MEAN_RESAMPLES = 5_000  # cheap: no function is called for each
_LEVEL = 0.95
_INTERVAL = ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2)

_SAME = 1e-12

Statistic = Callable[[NDArray[np.intp]], float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, the bounds of its 95% interval, and the number of cases behind it.

    ``value`` is NaN when the figure is not defined on the data, as a rate of nothing; so are then the bounds.
    """

    value: float
    low: float
    high: float
    n: int

    def encoded(self) -> dict[str, float | int | None]:
        """Returns it as JSON; what is not defined is null."""
        rounded = [None if math.isnan(x) else round(x, 4) for x in (self.value, self.low, self.high)]
        return {"value": rounded[0], "low": rounded[1], "high": rounded[2], "n": self.n}

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n {self.n})"


def clustered_bootstrap(clusters: Sequence[Hashable], statistic: Statistic, *, seed: int = 0) -> Estimate:
    """Estimates a statistic with its percentile bootstrap interval, drawing whole clusters.

    Cases of one cluster, as claims about one document, are alike, so that drawing single cases would give intervals
    that are too narrow (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).

    Args:
        clusters: The cluster of each of ``n`` cases.
        statistic: Computes the figure on the cases at the given places; may return NaN where it is not defined,
            and such draws are left out.
        seed: Of the draws.
    """
    groups = [np.array(places, dtype=np.intp) for places in members_of(clusters)]
    value = statistic(np.arange(len(clusters), dtype=np.intp)) if groups else math.nan
    if math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, len(clusters))
    draws = np.random.default_rng(seed)
    found = []
    for _ in range(_RESAMPLES):
        chosen = draws.integers(len(groups), size=len(groups))
        if not math.isnan(drawn := statistic(np.concatenate([groups[i] for i in chosen]))):
            found.append(drawn)
    low, high = (float(bound) for bound in np.quantile(found, _INTERVAL))
    return Estimate(value, low, high, len(clusters))


def mean(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None, *, is_share: bool = True, seed: int = 0
) -> Estimate:
    """Estimates a mean with its interval, drawing whole clusters.

    Where all clusters have the same mean, as in ten right answers of ten, no draw can differ and the bootstrap would
    claim certainty. The interval of a share is then that of Clopper and Pearson (Biometrika 1934), with a cluster as
    one case; of other figures it is not known.

    Args:
        values: One for each case.
        clusters: The cluster of each; every case is its own by default.
        is_share: Whether the values lie in [0, 1], with 0 and 1 the worst and the best there can be.
        seed: Of the draws.
    """
    sample = np.asarray(values, dtype=np.float64)
    if not len(sample):
        return Estimate(math.nan, math.nan, math.nan, 0)
    sums, counts = _by_cluster(sample, clusters)
    value = float(sample.mean())
    if np.ptp(sums / counts) < _SAME:
        low, high = _exact(value, len(sums)) if is_share else (math.nan, math.nan)
        return Estimate(value, low, high, len(sample))
    drawn = np.random.default_rng(seed).integers(len(sums), size=(_MEAN_RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = (float(bound) for bound in np.quantile(means, _INTERVAL))
    return Estimate(value, low, high, len(sample))


def _exact(value: float, n: int) -> tuple[float, float]:
    """Returns the Clopper-Pearson interval of a share of ``n`` cases; the number of successes need not be whole."""
    from scipy.stats import beta

    hits = value * n
    low = float(beta.ppf(_INTERVAL[0], hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(_INTERVAL[1], hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def share(outcomes: Sequence[bool], clusters: Sequence[Hashable] | None = None) -> Estimate:
    """Returns the share of true outcomes; each is a cluster of its own unless clusters are given."""
    return mean([float(outcome) for outcome in outcomes], clusters)


def quantile(values: Sequence[float], q: float, clusters: Sequence[Hashable] | None = None) -> Estimate:
    """Estimates a quantile, ``q`` in [0, 1], with its interval."""
    sample = np.asarray(values, dtype=np.float64)
    return clustered_bootstrap(
        clusters if clusters is not None else range(len(sample)),
        lambda places: float(np.quantile(sample[places], q)) if len(places) else math.nan,
    )


def members_of(clusters: Sequence[Hashable]) -> list[list[int]]:
    """Returns the places of the cases of each cluster, clusters in the order they first appear."""
    members: dict[Hashable, list[int]] = {}
    for place, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(place)
    return list(members.values())


def _by_cluster(sample: Floats, clusters: Sequence[Hashable] | None) -> tuple[Floats, Floats]:
    """Returns the sum and the number of the values of each cluster."""
    if clusters is None:
        return sample, np.ones_like(sample)
    places = members_of(clusters)
    return np.array([sample[p].sum() for p in places]), np.array([float(len(p)) for p in places])


def cluster_sums(values: Sequence[float], clusters: Sequence[Hashable]) -> Floats:
    """Returns the sum of the values of each cluster, clusters in the order they first appear."""
    return _by_cluster(np.asarray(values, dtype=np.float64), clusters)[0]
