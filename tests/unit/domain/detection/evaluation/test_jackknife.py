"""The jackknife against what is known in closed form."""

import numpy as np
import pytest
from scipy import stats

from nightloop.domain.detection.evaluation.jackknife import jackknife


def mean_of(values):
    return lambda weights: (weights @ values / weights.sum(axis=1))[None]


def test_of_a_mean_it_is_the_students_interval() -> None:
    values = np.random.default_rng(1).normal(3, 2, 40)
    found = jackknife(mean_of(values), np.ones(40), seed=1, rounds=1000)
    assert found.value == pytest.approx(values.mean())
    assert found.bias == pytest.approx(0, abs=1e-9)
    error = values.std(ddof=1) / np.sqrt(40)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 39) * error, rel=0.03)


def test_it_takes_the_bias_of_a_variance_away() -> None:
    values = np.random.default_rng(2).normal(0, 1, 30)

    def variance(weights):
        mean = weights @ values / weights.sum(axis=1)
        return (weights @ values**2 / weights.sum(axis=1) - mean**2)[None]

    found = jackknife(variance, np.ones(30), seed=1, rounds=1000)
    assert found.value - found.bias == pytest.approx(values.var(ddof=1))


def test_one_image_that_decides_everything_leaves_few_degrees_of_freedom() -> None:
    values = np.zeros(100)
    values[0] = 100.0
    found = jackknife(mean_of(values), np.ones(100), seed=1, rounds=1000)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 3) * 1.0, rel=0.01)


def test_what_cannot_be_measured_without_an_image_changes_nothing() -> None:
    def only_with_the_first(weights):
        return np.where(weights[:, 0] > 0, 0.5, np.nan)[None]

    found = jackknife(only_with_the_first, np.ones(20), seed=1, rounds=1000)
    assert (found.value, found.bias, found.half_width) == (0.5, 0.0, 0.0)


@pytest.mark.parametrize(("count", "rounds"), [(2500, 100), (2500, 99), (100, 100), (7, 100)])
def test_every_image_is_left_out_once(count, rounds) -> None:
    left_out = np.zeros(count)

    def watch(weights):
        if len(weights) > 1:
            left_out[:] += (weights == 0).sum(axis=0)
        return weights.sum(axis=1)[None]

    jackknife(watch, np.ones(count), seed=3, rounds=rounds)
    assert (left_out == 1).all()
