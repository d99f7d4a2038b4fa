"""A population of images whose quality is known, and audits of it."""

import numpy as np

from nightloop.domain.detection.evaluation.live_quality import AuditedImage, live_quality
from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.matching import match

CLASSES = 3


def make_population(scenes):
    """Make two thousand images, some of them hard: true objects, detections, and the best score of each."""
    generator = np.random.default_rng(11)
    truths, _ = scenes.random(generator, 2000, CLASSES, truths=4, detections=1)
    detections = []
    for image in truths:
        hard = generator.random() < 0.4
        found = [
            (kind, float(generator.beta(3, 4) if hard else generator.beta(6, 2)), box)
            for kind, box in image
            if generator.random() < (0.3 if hard else 0.9)
        ]
        found += [
            (int(generator.integers(CLASSES)), float(generator.beta(2, 4)), scenes.box(generator))
            for _ in range(generator.poisson(1.0 if hard else 0.3))
        ]
        detections.append(found)
    best = np.array([max((score for _, score, _ in image), default=0.0) for image in detections])
    return [scenes.truth(image) for image in truths], [scenes.detections(image) for image in detections], best


def mean_of(population) -> float:
    truths, detections, _ = population
    return float(average_precision(match(truths, detections, class_count=CLASSES)).mean[0])


def audit(population, chosen, probabilities):
    truths, detections, _ = population
    return [AuditedImage(truths[i], detections[i], probabilities[i]) for i in np.flatnonzero(chosen)]


def estimate(images, seed=1, rounds=1000):
    return live_quality(images, class_count=CLASSES, score=0.5, seed=seed, rounds=rounds)
