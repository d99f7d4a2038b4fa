"""The audit's estimate against a population whose quality is known."""

from dataclasses import replace

import numpy as np
import pytest

from nightloop.loop.answers import Answer
from nightloop.loop.errors import EvaluationError
from nightloop.loop.evaluation.matching import match
from nightloop.loop.evaluation.precision import average_precision
from nightloop.loop.evaluation.quality import AuditedImage, audited_images, live_quality

CLASSES = 3


@pytest.fixture(scope="module")
def population(scenes):
    """Two thousand images, some of them hard: true objects, detections, and the best score of each."""
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


def estimate(images, seed=1, rounds=300):
    return live_quality(images, class_count=CLASSES, score=0.5, seed=seed, rounds=rounds)


def test_the_interval_holds_the_truth_as_often_as_it_says(population) -> None:
    truth, share = mean_of(population), np.full(2000, 0.1)
    results = [
        estimate(audit(population, np.random.default_rng(seed).random(2000) < 0.1, share)) for seed in range(100)
    ]
    held = sum(result.average_precision.low <= truth <= result.average_precision.high for result in results)
    assert held >= 89  # 95 of 100, less three standard deviations
    assert np.mean([result.average_precision.value for result in results]) == pytest.approx(truth, abs=0.02)


def test_images_the_model_is_unsure_of_would_mislead(population) -> None:
    truth, (_, _, best) = mean_of(population), population
    unsure = estimate(audit(population, best < 0.5, np.ones(2000)))
    assert not unsure.average_precision.low <= truth <= unsure.average_precision.high


def test_unequal_probabilities_are_made_up_for(population) -> None:
    truth, (_, _, best) = mean_of(population), population
    probabilities = np.where(best < 0.6, 0.8, 0.1)
    weighted, plain = [], []
    for seed in range(30):
        chosen = np.random.default_rng(seed).random(2000) < probabilities
        weighted.append(estimate(audit(population, chosen, probabilities), rounds=2).average_precision.value)
        plain.append(estimate(audit(population, chosen, np.ones(2000)), rounds=2).average_precision.value)
    assert np.mean(weighted) == pytest.approx(truth, abs=0.015)
    assert abs(np.mean(plain) - truth) > 0.03


def test_precision_and_recall_of_the_boxes_it_is_sure_of(scenes) -> None:
    box, far = (0, 0, 10, 10), (50, 50, 10, 10)
    truth, found = [(0, box), (0, far)], [(0, 0.9, box), (1, 0.8, far), (0, 0.4, far)]
    image = AuditedImage(scenes.truth(truth), scenes.detections(found), 0.1)
    result = estimate([image] * 5)
    assert (result.images, result.precision.value, result.recall.value) == (5, 0.5, 0.5)
    assert (result.recall.low, result.recall.high) == (0.5, 0.5)


def test_the_same_seed_gives_the_same(population) -> None:
    images = audit(population, np.arange(2000) < 60, np.full(2000, 0.1))
    one, again, other = (estimate(images, seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one.to_json()["average_precision"] == {
        "value": one.average_precision.value,
        "low": one.average_precision.low,
        "high": one.average_precision.high,
    }


def test_what_says_nothing(scenes) -> None:
    empty = AuditedImage(scenes.truth([]), scenes.detections([(0, 0.5, (0, 0, 1, 1))]), 0.5)
    assert estimate([]) is None
    assert estimate([empty]) is None
    with pytest.raises(EvaluationError, match="probability 0"):
        estimate([AuditedImage(empty.truth, empty.detections, 0)])


def test_only_the_audits_answers_about_the_model_itself(make) -> None:
    seen = replace(make.prediction(0.9, uri="s3://b/1.jpg"), boxes=(make.box("cat", score=0.9),))

    def answer(**changes):
        values = {"image": seen.image, "audit_drawn": True, "model": seen.model, "boxes": (make.box("cat"),)}
        values |= {"loop_name": "l", "purpose": "audit", "width": 800, "height": 533, "reviewers": (), "agreement": 1.0}
        return Answer(**(values | changes))

    others = [answer(audit_drawn=False), answer(model="earlier"), answer(gold=()), answer(image=make.image("s3://b/9"))]
    (image,) = audited_images([answer(), *others], [seen], probability=0.1)
    assert (image.truth.class_ids.tolist(), image.detections.scores.tolist(), image.probability) == ([7], [0.9], 0.1)
