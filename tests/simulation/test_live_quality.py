"""The 95 % interval of the live model's quality, from a random audit of fourteen nights, against the whole truth.

Slow, so part of `make test-loop` only. What the estimate is given is what a loop has: the drawn images, what people
answered about them and the probability they were drawn with. The truth about all images judges it alone.
"""

import numpy as np
import pytest

from nightloop.domain.detection.evaluation.live_quality import (
    LEAST_IMAGES,
    AuditedImage,
    images_with_objects,
    live_quality,
)
from nightloop.domain.detection.precision.average_precision import average_precision
from tests.simulation.world import World, draw, look, matched

NIGHTS, SCORE = 14, 0.5
EVEN, ZIPF, FIVE = np.full(20, 1 / 20), 1 / np.arange(1, 21) / (1 / np.arange(1, 21)).sum(), np.full(5, 1 / 5)
POPULATIONS = {
    "80 a night, 20 even classes": (80, World(EVEN, objects=2.4, least=0), 40, 10),
    "500 a night, 20 even classes": (500, World(EVEN, objects=2.4, least=0), 20, 10),
    "80 a night, 20 classes, the nth 1/n as often": (80, World(ZIPF, objects=2.4, least=0), 40, 10),
    "500 a night, 20 classes, the nth 1/n as often": (500, World(ZIPF, objects=2.4, least=0), 20, 10),
    "500 a night, 5 classes, 0.2 objects an image": (500, World(FIVE, objects=0.2, least=0), 20, 10),
}


class Population:
    """All images of the nights; a budget cuts the audit of every third night to six in a hundred."""

    def __init__(self, world, a_night, seed) -> None:
        generator = np.random.default_rng([seed, a_night, len(world.shares)])
        scenes = draw(world, generator, NIGHTS * a_night)
        skill = 0.3 + generator.normal(0, 0.5, len(world.shares))
        self.class_count = len(world.shares)
        self.truths, self.detections = scenes.truths, look(scenes, generator, skill)
        night = np.repeat(np.arange(NIGHTS), a_night)
        self.probabilities = np.where(night % 3 == 2, 0.06, 0.1)
        matches = matched(scenes, self.detections)
        sure = matches.scores >= SCORE
        self.truth = {
            "average_precision": float(average_precision(matches).mean[0]),
            "precision": float(matches.hits[sure].mean()),
            "recall": float(matches.hits[sure].sum() / matches.truths.sum()),
        }

    def audit(self, seed) -> list[AuditedImage]:
        drawn = np.random.default_rng([seed, 1]).random(len(self.truths)) < self.probabilities
        return [
            AuditedImage(self.truths[i], self.detections[i], float(self.probabilities[i]))
            for i in np.flatnonzero(drawn).tolist()
        ]

    def estimate(self, seed):
        return live_quality(self.audit(seed), class_count=self.class_count, score=SCORE, seed=1)


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_interval_holds_the_truth(name) -> None:
    a_night, world, populations, audits = POPULATIONS[name]
    held: dict[str, list[int]] = {"average_precision": [], "precision": [], "recall": []}
    off = []
    for number in range(populations):
        population = Population(world, a_night, number)
        for seed in range(audits):
            found = population.estimate(seed)
            for figure, sides in held.items():
                estimate, truth = getattr(found, figure), population.truth[figure]
                sides.append((truth > estimate.high) - (truth < estimate.low))
            off.append(found.average_precision.value - population.truth["average_precision"])
    told = {
        figure: f"{np.mean(np.equal(sides, 0)):.3f}, below it {np.mean(np.less(sides, 0)):.3f}"
        for figure, sides in held.items()
    }
    print(f"{name}: the interval holds the truth in {told}; the centre is off by {np.mean(off):+.4f}")
    for sides in held.values():
        assert np.mean(np.equal(sides, 0)) >= 0.92
    assert np.mean(np.less(held["average_precision"], 0)) <= 0.07, "the truth is not always on the same side"


def test_of_few_images_with_objects_nothing_is_said() -> None:
    """80 images a night of which few show anything: about twenty audited ones with an object."""
    for number in range(10):
        population = Population(World(FIVE, objects=0.2, least=0), 80, number)
        audited = population.audit(1)
        enough = images_with_objects(audited) >= LEAST_IMAGES
        assert (population.estimate(1) is not None) == enough
