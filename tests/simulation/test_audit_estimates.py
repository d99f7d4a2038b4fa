"""The audit's estimate against a population whose quality is known, over many draws of it."""

import numpy as np
import pytest

from tests.support.audit_population import audit, estimate, make_population, mean_of
from tests.unit.domain.detection.conftest import Scenes


@pytest.fixture(scope="module")
def population():
    return make_population(Scenes())


def test_the_interval_holds_the_truth_as_often_as_it_says(population) -> None:
    truth, share = mean_of(population), np.full(2000, 0.1)
    results = [
        estimate(audit(population, np.random.default_rng(seed).random(2000) < 0.1, share)) for seed in range(100)
    ]
    held = sum(result.average_precision.low <= truth <= result.average_precision.high for result in results)
    assert held >= 89  # 95 of 100, less three standard deviations
    assert np.mean([result.average_precision.value for result in results]) == pytest.approx(truth, abs=0.02)


def test_nights_of_other_shares_make_one_estimate(population) -> None:
    """Hard images come in the nights of the large share: counted alike they would weigh too much."""
    truth, (_, _, best) = mean_of(population), population
    night = (np.argsort(best) * 5) // 2000
    shares = np.array([0.30, 0.20, 0.10, 0.05, 0.05])[np.argsort(np.argsort(best)) * 5 // 2000]
    assert set(night) == set(range(5))
    results, alike = [], []
    for seed in range(100):
        chosen = np.random.default_rng(seed).random(2000) < shares
        results.append(estimate(audit(population, chosen, shares)).average_precision)
        alike.append(estimate(audit(population, chosen, np.ones(2000))).average_precision.value)
    assert sum(result.low <= truth <= result.high for result in results) >= 89
    assert np.mean([result.value for result in results]) == pytest.approx(truth, abs=0.02)
    assert abs(np.mean(alike) - truth) > 0.03


def test_unequal_probabilities_are_made_up_for(population) -> None:
    truth, (_, _, best) = mean_of(population), population
    probabilities = np.where(best < 0.6, 0.8, 0.1)
    weighted, plain = [], []
    for seed in range(30):
        chosen = np.random.default_rng(seed).random(2000) < probabilities
        weighted.append(estimate(audit(population, chosen, probabilities), rounds=50).average_precision.value)
        plain.append(estimate(audit(population, chosen, np.ones(2000)), rounds=50).average_precision.value)
    assert np.mean(weighted) == pytest.approx(truth, abs=0.015)
    assert abs(np.mean(plain) - truth) > 0.03
