"""The live model's figure on the holdout after many nights: chosen as the best of many looks, it flatters.

Slow, so part of `make test-loop` only.
"""

from dataclasses import replace

import numpy as np
import pytest

from nightloop.domain.detection.evaluation.bootstrap import paired_bootstrap
from nightloop.domain.detection.metrics.voc_ap50 import VocMeasured
from nightloop.domain.detection.precision.average_precision import average_precision
from tests.simulation.world import World, draw, look, matched

WORLD = World(np.full(20, 1 / 20))
LIVES, NIGHTS, IMAGES = 8, 60, 300


def mean_of(matches) -> float:
    return float(average_precision(matches).mean[0])


def life(world: World, change: float, seed: int) -> tuple[float, int]:
    """Return by how much the live model's figure on the holdout is above the truth after 60 nights; promotions.

    A night changes the model's skill by `change` on average, for better or worse.
    """
    generator = np.random.default_rng([seed, 7])
    holdout, fresh = draw(world, generator, IMAGES), draw(world, generator, 20 * IMAGES)
    skill, promotions = 0.3, 0
    live = matched(holdout, look(holdout, generator, skill))
    for _ in range(NIGHTS):
        learned = skill + generator.normal(0, change)
        new = matched(holdout, look(holdout, generator, learned))
        if (
            mean_of(new) > mean_of(live)
            and paired_bootstrap(VocMeasured(live), VocMeasured(new), rounds=200, seed=1).p_better >= 0.9
        ):
            live, skill, promotions = new, learned, promotions + 1
    return mean_of(live) - mean_of(matched(fresh, look(fresh, generator, skill))), promotions


@pytest.mark.parametrize(("shared", "change"), [(0.9, 0.02), (0.9, 0.06), (0.8, 0.06)])
def test_the_live_models_holdout_figure_flatters_a_little(shared, change) -> None:
    found = [life(replace(WORLD, shared=shared), change, seed) for seed in range(LIVES)]
    flattery, promotions = np.mean(found, axis=0)
    print(
        f"after {NIGHTS} nights ({shared} in common, change {change}) the live model's holdout mAP is {flattery:+.3f}"
        f" above the truth, {promotions:.1f} promotions: {found}"
    )
    assert promotions >= 1
    assert 0.005 <= flattery <= 0.05
