"""How well scores and decisions agree with human labels of supported and unsupported claims.

Balanced accuracy is the mean of sensitivity and specificity (Brodersen et al., "The balanced accuracy and its posterior
distribution", ICPR 2010), AUROC the probability that a supported claim scores above an unsupported one, and the
expected calibration error the mean distance of confidence and accuracy over ten bins of equal width (Naeini et al.,
"Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015; Guo et al., ICML 2017). Kappa is agreement
beyond chance (Cohen, "A coefficient of agreement for nominal scales", 1960).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.statistics import Estimate, clustered_bootstrap

_BINS = 10

Labels = NDArray[np.bool_]
Scores = NDArray[np.float64]


def balanced_accuracy(labels: Labels, decisions: Labels) -> float:
    """Returns the mean of the shares decided rightly among the true and among the false, NaN if one is empty."""
    if labels.all() or not labels.any():
        return math.nan
    return float((decisions[labels].mean() + (~decisions[~labels]).mean()) / 2)


def auroc(labels: Labels, scores: Scores) -> float:
    """Returns the area under the ROC curve, ties counting half (Mann and Whitney's U), NaN if one class is empty."""
    from scipy.stats import rankdata

    positive, negative = int(labels.sum()), int((~labels).sum())
    if not positive or not negative:
        return math.nan
    ranks = rankdata(scores)
    return float((ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * negative))


def expected_calibration_error(labels: Labels, scores: Scores) -> float:
    """Returns the mean distance of score and share of true labels over ten bins of equal width, weighted by size."""
    if not len(labels):
        return math.nan
    places = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for place in np.unique(places):
        inside = places == place
        error += inside.mean() * abs(scores[inside].mean() - labels[inside].mean())
    return float(error)


def kappa(labels: Labels, decisions: Labels) -> float:
    """Returns Cohen's kappa in [-1, 1], NaN where labels and decisions are all the same one."""
    if not len(labels):
        return math.nan
    agreed = float((labels == decisions).mean())
    chance = float(labels.mean() * decisions.mean() + (~labels).mean() * (~decisions).mean())
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan


def reliability(labels: Sequence[bool], scores: Sequence[float]) -> list[tuple[float, float, int]]:
    """Returns mean score, share of true labels and number of claims of each bin that holds any, by rising score."""
    truth, given = np.array(labels, bool), np.array(scores, float)
    places = np.minimum((given * _BINS).astype(int), _BINS - 1)
    inside = [places == place for place in np.unique(places)]
    return [(float(given[i].mean()), float(truth[i].mean()), int(i.sum())) for i in inside]


def of_verdicts(labels: Sequence[bool], confirmed: Sequence[bool], clusters: Sequence[Hashable]) -> dict[str, Estimate]:
    """Returns sensitivity and specificity of a verdict: what it confirms of the true, and refuses of the false."""
    truth, called = np.array(labels, bool), np.array(confirmed, bool)

    def right_of(kind: bool, places: NDArray[np.intp]) -> float:
        chosen = places[truth[places] == kind]
        return float((called[chosen] == kind).mean()) if len(chosen) else math.nan

    return {
        "verdict_sensitivity": clustered_bootstrap(clusters, lambda i: right_of(True, i)),
        "verdict_specificity": clustered_bootstrap(clusters, lambda i: right_of(False, i)),
    }


def estimates(
    labels: Sequence[bool], scores: Sequence[float], decisions: Sequence[bool], clusters: Sequence[Hashable]
) -> dict[str, Estimate]:
    """Returns the four figures with their intervals, drawn by cluster.

    Args:
        labels: Whether people found each claim supported.
        scores: Support in [0, 1].
        decisions: Whether each claim is called supported.
        clusters: The document of each claim.
    """
    truth, given, called = np.array(labels, bool), np.array(scores, float), np.array(decisions, bool)
    return {
        "balanced_accuracy": clustered_bootstrap(clusters, lambda i: balanced_accuracy(truth[i], called[i])),
        "kappa": clustered_bootstrap(clusters, lambda i: kappa(truth[i], called[i])),
        "auroc": clustered_bootstrap(clusters, lambda i: auroc(truth[i], given[i])),
        "ece": clustered_bootstrap(clusters, lambda i: expected_calibration_error(truth[i], given[i])),
    }
