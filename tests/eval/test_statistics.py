"""Figures and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.classification import auroc, balanced_accuracy, expected_calibration_error
from eval.statistics import clustered_bootstrap, share


def test_figures_agree_with_hand_computed_ones() -> None:
    labels = np.array([True, True, True, False, False])
    scores = np.array([0.9, 0.8, 0.3, 0.3, 0.1])
    assert balanced_accuracy(labels, scores >= 0.5) == pytest.approx((2 / 3 + 1) / 2)
    assert auroc(labels, scores) == pytest.approx(5.5 / 6)
    errors = [abs(0.9 - 1), abs(0.8 - 1), 2 * abs(0.3 - 0.5), abs(0.1 - 0)]
    assert expected_calibration_error(labels, scores) == pytest.approx(sum(errors) / 5)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2).filter(lambda p: len({y for y, _ in p}) == 2))
def test_auroc_agrees_with_scikit_learn(pairs: list[tuple[bool, float]]) -> None:
    from sklearn.metrics import roc_auc_score

    labels, scores = np.array([y for y, _ in pairs]), np.array([s for _, s in pairs])
    assert auroc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


def test_intervals_widen_when_cases_come_in_clusters() -> None:
    outcomes = [True, False] * 50
    alone = share(outcomes)
    together = share(outcomes, [i % 4 for i in range(100)])
    assert (alone.value, alone.n) == (0.5, 100)
    assert alone.low < 0.5 < alone.high
    assert together.high - together.low > alone.high - alone.low
    empty = clustered_bootstrap([], lambda places: 1.0)
    assert np.isnan(empty.value)
