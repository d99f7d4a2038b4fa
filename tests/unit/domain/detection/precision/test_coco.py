"""COCO's figures against pycocotools' own."""

import numpy as np
import pytest

from nightloop.domain.detection.precision.coco import CocoPrecision, coco_average_precision
from nightloop.domain.detection.precision.matching import Detections, Truth
from nightloop.domain.errors import EvaluationError
from tests.unit.domain.detection.precision.peers import assert_equal, measured_by_pycocotools


def measure(truths, detections, class_count):
    return coco_average_precision(truths, detections, classes=[str(number) for number in range(class_count)])


def scene(scenes, generator, images, class_count):
    truths, detections = scenes.random(generator, images, class_count, scores=[2, 11, 1000][images % 3])
    # Objects of all three of COCO's sizes.
    scale = generator.choice([1.0, 4.0, 12.0], images)
    true, found = [scenes.truth(image) for image in truths], [scenes.detections(image) for image in detections]
    crowds = [generator.random(len(image.class_ids)) < 0.15 for image in true]
    return (
        [Truth(t.boxes * s, t.class_ids, crowd) for t, s, crowd in zip(true, scale, crowds, strict=True)],
        [Detections(d.boxes * s, d.class_ids, d.scores) for d, s in zip(found, scale, strict=True)],
    )


@pytest.mark.parametrize("seed", range(60))
def test_it_is_what_pycocotools_measures(scenes, seed) -> None:
    generator = np.random.default_rng(seed)
    images, class_count = int(generator.integers(3, 14)), int(generator.integers(1, 5))
    truths, detections = scene(scenes, generator, images, class_count)
    if not any(len(image.scores) for image in detections):
        detections[0] = Detections(np.array([[0.0, 0.0, 5.0, 5.0]]), np.array([0]), np.array([0.5]))
    figures, per_class = measured_by_pycocotools(truths, detections, class_count)
    assert_equal(measure(truths, detections, class_count), figures, per_class)


def test_what_was_not_there_is_not_among_the_figures(scenes) -> None:
    truth = scenes.truth([(0, (0, 0, 10, 10))])
    found = scenes.detections([(0, 0.9, (0, 0, 10, 10))])
    result = coco_average_precision([truth], [found], classes=["cat", "dog"])
    figures = result.to_json()
    assert CocoPrecision.from_json(figures) == result
    assert figures.pop("per_class") == pytest.approx({"cat": 1.0})
    assert figures == pytest.approx({"mean": 1.0, "at_50": 1.0, "at_75": 1.0, "small": 1.0})


def test_no_object_and_no_detection(scenes) -> None:
    nothing, box = scenes.truth([]), scenes.truth([(0, (0, 0, 10, 10))])
    unseen = measure([box], [scenes.detections([])], 1)
    assert (unseen.mean, unseen.per_class) == (0.0, {"0": 0.0})
    assert measure([nothing], [scenes.detections([])], 1).mean is None
    with pytest.raises(EvaluationError, match="0 images"):
        measure([], [], 1)
