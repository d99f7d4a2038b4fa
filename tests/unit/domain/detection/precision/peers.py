"""What others measure of the same detections."""

import contextlib
import io

import numpy as np
import pytest

NAMES = ("mean", "at_50", "at_75", "small", "medium", "large")


def measured_by_pycocotools(truths, detections, class_count):
    """Return pycocotools' first six figures and each class's average precision, nan where there is nothing."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, results = [], []
    for number, (truth, found) in enumerate(zip(truths, detections, strict=True)):
        crowds = np.zeros(len(truth.class_ids)) if truth.ignored is None else truth.ignored
        for box, kind, crowd in zip(truth.boxes, truth.class_ids, crowds, strict=True):
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


def assert_equal(result, figures, per_class) -> None:
    """Compare our figures with pycocotools'."""
    own = [np.nan if getattr(result, name) is None else getattr(result, name) for name in NAMES]
    assert own == pytest.approx(figures.tolist(), abs=1e-6, nan_ok=True)
    expected = {str(number): value for number, value in enumerate(per_class) if not np.isnan(value)}
    assert result.per_class == pytest.approx(expected, abs=1e-6)
