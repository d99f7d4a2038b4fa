"""The live model's figure on the holdout after many nights: chosen as the best of many looks, it flatters.

Slow, so part of `make test-loop` only.
"""

import numpy as np

from nightloop.loop.evaluation.bootstrap import paired_bootstrap
from nightloop.loop.evaluation.precision import average_precision
from tests.simulation.world import World, draw, look, matched

WORLD = World(np.full(20, 1 / 20))
LIVES, NIGHTS, IMAGES, CHANGE = 8, 60, 300, 0.06


def mean_of(matches) -> float:
    return float(average_precision(matches).mean[0])


def life(seed: int) -> tuple[float, int]:
    """Return by how much the live model's figure on the holdout is above the truth after 60 nights; promotions."""
    generator = np.random.default_rng([seed, 7])
    holdout, fresh = draw(WORLD, generator, IMAGES), draw(WORLD, generator, 20 * IMAGES)
    skill, promotions = 0.3, 0
    live = matched(holdout, look(holdout, generator, skill))
    for _ in range(NIGHTS):
        learned = skill + generator.normal(0, CHANGE)
        new = matched(holdout, look(holdout, generator, learned))
        if mean_of(new) > mean_of(live) and paired_bootstrap(live, new, rounds=200, seed=1).p_better >= 0.9:
            live, skill, promotions = new, learned, promotions + 1
    return mean_of(live) - mean_of(matched(fresh, look(fresh, generator, skill))), promotions


def test_the_live_models_holdout_figure_flatters_a_little() -> None:
    found = [life(seed) for seed in range(LIVES)]
    flattery, promotions = np.mean(found, axis=0)
    print(f"after {NIGHTS} nights the live model's holdout mAP is {flattery:+.3f} above the truth, {found}")
    assert promotions >= 1
    assert 0.01 <= flattery <= 0.06
