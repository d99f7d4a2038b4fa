"""COCO's figures against pycocotools' own."""

import contextlib
import io

import numpy as np
import pytest

from nightloop.loop.errors import EvaluationError
from nightloop.loop.evaluation.coco import coco_average_precision
from nightloop.loop.evaluation.matching import Detections, Truth

NAMES = ("mean", "at_50", "at_75", "small", "medium", "large")


def measured_by_pycocotools(truths, detections, class_count):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, results = [], []
    for number, (truth, found) in enumerate(zip(truths, detections, strict=True)):
        for box, kind, crowd in zip(truth.boxes, truth.class_ids, truth.ignored, strict=True):
            annotation = {"id": len(annotations) + 1, "image_id": number, "category_id": int(kind), "bbox": list(box)}
            annotations.append(annotation | {"area": box[2] * box[3], "iscrowd": int(crowd)})
        for box, kind, score in zip(found.boxes, found.class_ids, found.scores, strict=True):
            results.append({"image_id": number, "category_id": int(kind), "bbox": list(box), "score": score})
    images = [{"id": number} for number in range(len(truths))]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"info": {}, "images": images, "annotations": annotations}
        coco.dataset["categories"] = [{"id": number, "name": str(number)} for number in range(class_count)]
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    per_class = [precision[:, :, number] for number in range(class_count)]
    means = [values[values > -1].mean() if (values > -1).any() else np.nan for values in per_class]
    return np.where(evaluation.stats[:6] > -1, evaluation.stats[:6], np.nan), means


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
    result = coco_average_precision(truths, detections, class_count=class_count)
    assert [getattr(result, name) for name in NAMES] == pytest.approx(figures.tolist(), abs=1e-6, nan_ok=True)
    assert result.per_class.tolist() == pytest.approx(per_class, abs=1e-6, nan_ok=True)


def test_what_was_not_there_is_not_among_the_figures(scenes) -> None:
    truth = scenes.truth([(0, (0, 0, 10, 10))])
    found = scenes.detections([(0, 0.9, (0, 0, 10, 10))])
    figures = coco_average_precision([truth], [found], class_count=2).to_json(["cat", "dog"])
    assert figures.pop("per_class") == pytest.approx({"cat": 1.0})
    assert figures == pytest.approx({"mean": 1.0, "at_50": 1.0, "at_75": 1.0, "small": 1.0})


def test_no_object_and_no_detection(scenes) -> None:
    nothing, box = scenes.truth([]), scenes.truth([(0, (0, 0, 10, 10))])
    unseen = coco_average_precision([box], [scenes.detections([])], class_count=1)
    assert (unseen.mean, unseen.per_class.tolist()) == (0.0, [0.0])
    assert np.isnan(coco_average_precision([nothing], [scenes.detections([])], class_count=1).mean)
    with pytest.raises(EvaluationError, match="0 images"):
        coco_average_precision([], [], class_count=1)
