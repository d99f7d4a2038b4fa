"""PASCAL VOC average precision (Everingham et al. 2010, section 4.2), area under the whole curve as since 2010."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.detector.boxes.matching import iou
from services.detector.boxes.nms import Detections
from services.detector.boxes.priors import Array


@dataclass(frozen=True)
class Truth:
    """The true objects of one image: classes [G], boxes [G, 4]."""

    classes: NDArray[np.int64]
    boxes: Array


def mean_average_precision(found: Sequence[Detections], truths: Sequence[Truth], threshold: float) -> float:
    """Return the mean average precision at IoU `threshold` over the classes with a true box; 0 without any."""
    present = sorted({int(class_id) for truth in truths for class_id in truth.classes})
    if not present:
        return 0.0
    return float(np.mean([_average_precision(found, truths, class_id, threshold) for class_id in present]))


def area_under_curve(hits: NDArray[np.bool_], positives: int) -> float:
    """Return the area under precision over recall, precision made falling from the right; `hits` [D] by score."""
    recall = np.cumsum(hits) / positives
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0) * envelope).sum())


def _average_precision(found: Sequence[Detections], truths: Sequence[Truth], class_id: int, threshold: float) -> float:
    scores, hits, positives = [], [], 0
    for detections, truth in zip(found, truths, strict=True):
        boxes = truth.boxes[truth.classes == class_id]
        chosen = detections.classes == class_id
        positives += len(boxes)
        scores.append(detections.scores[chosen])
        hits.append(_hits(detections.boxes[chosen], boxes, threshold))
    order = np.argsort(-np.concatenate(scores), kind="stable")
    return area_under_curve(np.concatenate(hits)[order], positives)


def _hits(found: Array, boxes: Array, threshold: float) -> NDArray[np.bool_]:
    """Tell which detections (best first) are first to take the true box they overlap most: [D, 4], [G, 4] -> [D]."""
    hits = np.zeros(len(found), dtype=np.bool_)
    if not len(boxes):
        return hits
    overlap = iou(found, boxes)
    taken = np.zeros(len(boxes), dtype=np.bool_)
    for index, nearest in enumerate(overlap.argmax(axis=1)):
        if overlap[index, nearest] >= threshold and not taken[nearest]:
            hits[index] = taken[nearest] = True
    return hits
