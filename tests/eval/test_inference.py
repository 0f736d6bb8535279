"""Differences, power and corrected rates, against hand and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.inference import adjusted, corrected_rate, noticeable_drop, paired_difference
from eval.statistics import Estimate, mean, quantile, share


def test_a_share_without_exception_is_not_certain() -> None:
    found = share([True] * 10)
    assert (found.value, found.high, found.n) == (1.0, 1.0, 10)
    assert found.low == pytest.approx(0.025 ** (1 / 10))  # Clopper and Pearson, by hand
    assert share([False] * 10).high == pytest.approx(1 - 0.025 ** (1 / 10))
    clustered = share([True] * 10, ["a"] * 5 + ["b"] * 5)
    assert clustered.low == pytest.approx(0.025 ** (1 / 2))
    one = share([True, False, True], ["a"] * 3)
    assert one.low < 0.05  # three answers about one article say little of other articles
    assert one.high > 0.95
    even = share([True, False] * 2, ["a", "a", "b", "b"])
    assert even.low < 0.1
    assert even.high > 0.9
    assert math.isnan(mean([3.0, 4.0], ["a", "a"], is_share=False).low)
    assert math.isnan(mean([0.0] * 10, is_share=False).high)


def test_a_mean_is_near_its_normal_interval_and_its_second_implementation() -> None:
    from scipy.stats import bootstrap

    values = np.random.default_rng(1).random(200)
    found = mean(list(values))
    spread = 1.96 * values.std() / math.sqrt(len(values))
    assert (found.low, found.high) == pytest.approx((values.mean() - spread, values.mean() + spread), abs=0.006)
    other = bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(2)).confidence_interval
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.006)


def test_quantiles_and_nothing() -> None:
    found = quantile([1.0, 2.0, 3.0, 4.0, 100.0], 0.5)
    assert (found.value, found.n) == (3.0, 5)
    assert found.low <= 3.0 <= found.high
    assert math.isnan(mean([]).value)
    assert math.isnan(quantile([], 0.5).value)


def test_six_losses_are_the_fewest_that_tell() -> None:
    for losses, p in ((5, 2**-4), (6, 2**-5)):
        base, new = [1.0] * 20, [0.0] * losses + [1.0] * (20 - losses)
        found = paired_difference(base, new, list(range(20)))
        assert found.estimate.value == pytest.approx(-losses / 20)
        assert found.p == pytest.approx(p)
    same = paired_difference([1.0, 0.0], [1.0, 0.0], [0, 1])
    assert (same.estimate.value, same.p) == (0.0, 1.0)


def test_items_of_one_article_are_one_witness() -> None:
    found = paired_difference([1.0] * 12, [0.0] * 12, ["one article"] * 12)
    assert found.p == 1.0


def test_p_values_are_corrected_for_their_number() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.0533, 0.0533, 0.5], abs=1e-4)
    assert adjusted([]) == []


def test_runs_that_differ_by_chance_are_rarely_called_different() -> None:
    draws = np.random.default_rng(0)
    clusters = [i // 3 for i in range(90)]
    alarms = 0
    for _ in range(40):
        ps = []
        for _ in range(8):
            right = (draws.random(90) < 0.7).astype(float)
            flips = draws.random((2, 90)) < 0.08
            base, new = (np.where(flip, 1 - right, right) for flip in flips)
            ps.append(paired_difference(list(base), list(new), clusters).p)
        alarms += min(adjusted(ps)) < 0.05
    assert alarms <= 5  # two expected


def test_the_noticeable_drop_is_noticed_four_times_in_five() -> None:
    values, clusters = [1.0] * 60 + [0.0] * 20, list(range(80))
    drop = noticeable_drop(values, clusters)
    assert drop is not None
    draws = np.random.default_rng(0)
    noticed = 0
    for _ in range(120):
        broken = draws.random(80) < drop / 0.75
        new = [0.0 if b else v for v, b in zip(values, broken, strict=True)]
        noticed += paired_difference(values, new, clusters).p < 0.05
    assert 0.72 <= noticed / 120 <= 0.92
    assert noticeable_drop([1.0] * 5, list(range(5))) is None
    assert noticeable_drop([1.0] * 50, ["one"] * 50) is None


def test_a_rate_is_corrected_as_rogan_and_gladen_do() -> None:
    judge = Estimate(0.8, 0.8, 0.8, 100), Estimate(0.9, 0.9, 0.9, 100)
    found = corrected_rate(Estimate(0.66, 0.66, 0.66, 50), *judge)
    assert found.value == pytest.approx((0.66 + 0.9 - 1) / (0.8 + 0.9 - 1))
    assert (found.low, found.high) == pytest.approx((0.8, 0.8))
    wide = corrected_rate(Estimate(0.66, 0.6, 0.72, 50), Estimate(0.8, 0.7, 0.9, 40), Estimate(0.9, 0.8, 1.0, 40))
    assert wide.low < 0.72
    assert wide.high > 0.88
    assert corrected_rate(Estimate(0.99, 0.98, 1.0, 50), *judge).value == 1.0
    assert math.isnan(
        corrected_rate(Estimate(0.5, 0.4, 0.6, 9), Estimate(0.5, 0.4, 0.6, 9), Estimate(0.5, 0.4, 0.6, 9)).value
    )
