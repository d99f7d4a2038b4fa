"""A holdout of few scenes, ten frames each: what the gate makes of equally good models.

Slow, so part of `make test-loop` only.
"""

from dataclasses import replace

import numpy as np
import pytest

from nightloop.domain.detection.evaluation.bootstrap import paired_bootstrap
from nightloop.domain.detection.evaluation.gate import decide
from nightloop.domain.detection.metrics.voc_ap50 import VocMeasured
from tests.simulation.test_gate_statistics import CONFIDENCE, MAX_CLASS_DROP, SKILL, evaluate
from tests.simulation.world import World, draw, look, matched

EVEN = np.full(20, 1 / 20)
PAIRS, ROUNDS = 250, 300


def pair(world, scenes, seed, skill=SKILL):
    """Two models over one holdout, and the scenes of its images."""
    generator = np.random.default_rng([seed, scenes, world.frames])
    drawn = draw(world, generator, scenes)
    models = [matched(drawn, look(drawn, generator, each)) for each in (SKILL, skill)]
    return (*models, drawn.groups)


def shares(world, scenes, pairs=PAIRS) -> dict[str, float]:
    """Say how often the draws give the new model the confidence asked for, scenes together or images alone."""
    passed: dict[str, list[bool]] = {"scenes": [], "images": [], "promoted": []}
    for seed in range(pairs):
        old, new, groups = pair(world, scenes, seed)
        together = paired_bootstrap(VocMeasured(old), VocMeasured(new), rounds=ROUNDS, seed=1, groups=groups)
        passed["scenes"].append(together.p_better >= CONFIDENCE)
        if seed < pairs // 3:
            alone = paired_bootstrap(VocMeasured(old), VocMeasured(new), rounds=ROUNDS, seed=1)
            passed["images"].append(alone.p_better >= CONFIDENCE)
        found = replace(evaluate(old, new, rounds=1), p_better=together.p_better, groups=scenes)
        passed["promoted"].append(decide(found, confidence=CONFIDENCE, max_class_drop=MAX_CLASS_DROP).promote)
    return {name: float(np.mean(values)) for name, values in passed.items()}


@pytest.mark.parametrize("alike", [0.9, 1.0])
def test_ten_frames_a_scene_do_not_make_luck_look_like_skill(alike) -> None:
    found = shares(World(EVEN, frames=10, alike=alike), 30)
    print(f"equally good models, 30 scenes of 10 frames ({alike} alike), {PAIRS} pairs: {found}")
    assert found["scenes"] <= 0.13
    assert found["promoted"] <= 0.13
    assert found["images"] >= 0.19, "drawn one by one, frames make the gate too sure: what groups are for"


def test_fewer_than_ten_scenes_decide_nothing() -> None:
    old, new, groups = pair(World(EVEN, frames=10), 9, seed=1, skill=3.0)
    result = paired_bootstrap(VocMeasured(old), VocMeasured(new), rounds=ROUNDS, seed=1, groups=groups)
    found = replace(evaluate(old, new, rounds=1), p_better=result.p_better, groups=9)
    assert decide(found, confidence=CONFIDENCE, max_class_drop=MAX_CLASS_DROP).verdict == "cannot decide"
