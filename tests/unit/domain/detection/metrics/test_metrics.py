"""The table of metrics: each entry is what its name says, also for image weights."""

import numpy as np
import pytest

from nightloop.domain.detection.metrics import metric_names, metric_of
from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.matching import Detections, Truth, match
from nightloop.domain.errors import EvaluationError
from tests.unit.domain.detection.precision.peers import measured_by_pycocotools

CLASSES = ("cat", "dog", "owl")


def drawn(scenes, seed, images=12):
    truths, detections = scenes.random(np.random.default_rng(seed), images, len(CLASSES), scores=1000)
    return [scenes.truth(image) for image in truths], [scenes.detections(image) for image in detections]


def with_crowds(truths, generator):
    crowds = [generator.random(len(image.class_ids)) < 0.15 for image in truths]
    return [Truth(image.boxes, image.class_ids, crowd) for image, crowd in zip(truths, crowds, strict=True)]


def test_every_file_is_an_entry() -> None:
    assert {"voc_ap50", "coco_ap"} <= set(metric_names())
    assert len({metric_of(name).title for name in metric_names()}) == len(metric_names())


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(EvaluationError, match="there is no metric 'map'; there are: " + ", ".join(metric_names())):
        metric_of("map")


@pytest.mark.parametrize("name", metric_names())
@pytest.mark.parametrize("seed", range(5))
def test_weights_are_as_good_as_images_that_come_so_often(scenes, name, seed) -> None:
    truths, found = drawn(scenes, seed)
    weights = np.random.default_rng(seed + 100).integers(0, 4, len(truths))
    measure = metric_of(name).measure
    weighted = measure(truths, found, CLASSES).average_precision(weights[None].astype(float))
    repeated = [index for index, times in enumerate(weights) for _ in range(times)]
    copies = measure([truths[i] for i in repeated], [found[i] for i in repeated], CLASSES).average_precision()
    assert weighted.per_class == pytest.approx(copies.per_class, abs=1e-9, nan_ok=True)
    assert weighted.mean == pytest.approx(copies.mean, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("seed", range(20))
def test_coco_s_is_what_pycocotools_measures(scenes, seed) -> None:
    truths, found = drawn(scenes, seed)
    truths = with_crowds(truths, np.random.default_rng(seed))
    figures, per_class = measured_by_pycocotools(truths, found, len(CLASSES))
    result = metric_of("coco_ap").measure(truths, found, CLASSES).average_precision()
    assert result.mean[0] == pytest.approx(figures[0], abs=1e-6)
    assert result.per_class[0].tolist() == pytest.approx(per_class, abs=1e-6, nan_ok=True)


def test_voc_s_is_the_area_at_half(scenes) -> None:
    truths, found = drawn(scenes, 3)
    own = metric_of("voc_ap50").measure(truths, found, CLASSES).average_precision()
    assert own.mean == average_precision(match(truths, found, class_count=3)).mean


@pytest.mark.parametrize("name", metric_names())
def test_nothing_found_is_zero_and_no_object_is_no_figure(scenes, name) -> None:
    box = scenes.truth([(0, (0, 0, 10, 10))])
    nothing = Detections(np.empty((0, 4)), np.empty(0, dtype=np.int64), np.empty(0))
    result = metric_of(name).measure([box], [nothing], CLASSES).average_precision()
    assert result.per_class[0].tolist() == pytest.approx([0.0, np.nan, np.nan], nan_ok=True)
    assert result.mean.tolist() == [0.0]
