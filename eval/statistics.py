"""Numbers with their uncertainty: every figure is a value with n and a 95% interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1_000
_INTERVAL = (0.025, 0.975)

Statistic = Callable[[NDArray[np.intp]], float]


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
    members: dict[Hashable, list[int]] = {}
    for place, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(place)
    groups = [np.array(places, dtype=np.intp) for places in members.values()]
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


def share(outcomes: Sequence[bool], clusters: Sequence[Hashable] | None = None) -> Estimate:
    """Returns the share of true outcomes; each is a cluster of its own unless clusters are given."""
    values = np.array(outcomes, dtype=float)
    return clustered_bootstrap(
        clusters if clusters is not None else range(len(values)),
        lambda places: float(values[places].mean()) if len(places) else math.nan,
    )
