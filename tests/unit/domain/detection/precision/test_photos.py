"""Average precision on real photos against others' (`make test-loop PHOTOS=folder`): VOC's, and COCO's.

What is measured are the detector's own boxes after a short training, and true boxes that a seed spoiled.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from local.demo.images.dataset import CLASSES
from local.demo.images.photos import load_photos
from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.coco import coco_average_precision
from nightloop.domain.detection.precision.matching import match
from tests.unit.domain.detection.precision.peers import assert_equal, measured_by_pycocotools

FOLDER = os.environ.get("NIGHTLOOP_PHOTOS")
COUNT = len(CLASSES)

pytestmark = pytest.mark.skipif(not FOLDER, reason="NIGHTLOOP_PHOTOS names no folder of photos")


@pytest.fixture(scope="module")
def photos():
    return load_photos(Path(FOLDER))


def true_of(examples):
    return [
        [(box.class_id, (box.left, box.top, box.width, box.height)) for box in example.boxes] for example in examples
    ]


def spoiled(truths, generator):
    """Miss, move, mislabel and invent boxes; every second image has few different scores, so that some are equal."""
    images = []
    for number, image in enumerate(truths):
        steps = [10, 10_000][number % 2]
        found = []
        for kind, (left, top, width, height) in image * 2:
            if generator.random() < 0.6:
                right, down, wider, higher = generator.normal(0, 0.12, 4)
                box = (left + right * width, top + down * height, width * (1 + abs(wider)), height * (1 + abs(higher)))
                said = int(generator.integers(COUNT)) if generator.random() < 0.15 else kind
                found.append((said, int(generator.integers(steps + 1)) / steps, box))
        for _ in range(generator.poisson(2)):
            box = (*generator.uniform(0, 300, 2).tolist(), *generator.uniform(5, 250, 2).tolist())
            found.append((int(generator.integers(COUNT)), int(generator.integers(steps + 1)) / steps, box))
        images.append(found)
    return images


@pytest.fixture(scope="module")
def by_the_detector(photos):
    """The holdout's true boxes, and what a model sees that learned from the seed's photos."""
    from benchmarks.decisions.picking_world import Classroom
    from services.detector.training.features import FeatureFile

    with FeatureFile() as features:
        room = Classroom(features)
        predictions = room.predictions(room.first_model(photos.seed), photos.holdout)
    seen = [
        [(box.class_id, box.score, (box.left, box.top, box.width, box.height)) for box in prediction.boxes]
        for prediction in predictions
    ]
    return true_of(photos.holdout), seen


@pytest.fixture(params=["the detector", *range(5)])
def scene(request, photos):
    if request.param == "the detector":
        return request.getfixturevalue("by_the_detector")
    truths = true_of([*photos.seed, *photos.night, *photos.holdout])
    return truths, spoiled(truths, np.random.default_rng(request.param))


def test_voc_average_precision_is_what_the_textbook_computes(scenes, oracle, scene) -> None:
    truths, detections = scene
    matches = match(
        [scenes.truth(image) for image in truths],
        [scenes.detections(image) for image in detections],
        class_count=COUNT,
    )
    peers = {"all-points": oracle.average_precision, "eleven-points": oracle.eleven_points}
    for interpolation, peer in peers.items():
        expected = [peer(truths, detections, label) for label in range(COUNT)]
        result = average_precision(matches, interpolation=interpolation)
        assert result.per_class[0] == pytest.approx(np.array(expected), abs=1e-6, nan_ok=True)
        assert result.mean[0] == pytest.approx(np.nanmean(expected), abs=1e-6)
        assert 0.02 < result.mean[0] < 0.98, "the scene tells right from wrong"


def test_coco_average_precision_is_what_pycocotools_measures(scenes, scene) -> None:
    truths, detections = [scenes.truth(image) for image in scene[0]], [scenes.detections(image) for image in scene[1]]
    result = coco_average_precision(truths, detections, classes=[str(number) for number in range(COUNT)])
    assert_equal(result, *measured_by_pycocotools(truths, detections, COUNT))
