"""From scored cells to detections: greedy non-maximum suppression, class by class (SSD, section 2.2, "inference")."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.detector.boxes.matching import iou
from services.detector.boxes.priors import Array

MIN_SCORE = 0.01
MAX_DETECTIONS = 200
CANDIDATES = 400  # cells that enter the suppression, best first: the built-in algorithm's nms_topk

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Detections:
    """Found objects of one image, best first: classes [D], scores [D], boxes [D, 4] within the image."""

    classes: Indices
    scores: Array
    boxes: Array


def detect(shares: Array, boxes: Array, threshold: float) -> Detections:
    """Return one image's detections from class shares [A, 1 + K] (background first) and decoded boxes [A, 4]."""
    clipped = np.clip(boxes, 0, 1)
    solid = (clipped[:, 2:] > clipped[:, :2]).all(axis=1)
    best = np.where(solid, shares[:, 1:].max(axis=1), 0)
    cells = _best_first(best)[:CANDIDATES]
    cells = cells[best[cells] >= MIN_SCORE]
    scores, clipped = shares[cells, 1:], clipped[cells]
    overlap = iou(clipped, clipped)
    pairs = [(c, i) for c in range(scores.shape[1]) for i in suppress(overlap, scores[:, c], threshold)]
    classes, kept = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    order = _best_first(scores[kept, classes])[:MAX_DETECTIONS]
    return Detections(classes[order], scores[kept, classes][order], clipped[kept][order])


def suppress(overlap: Array, scores: Array, threshold: float) -> list[int]:
    """Return the boxes to keep of one class, best first, from the IoU of every pair [M, M] and scores [M].

    Scores below `MIN_SCORE` are dropped, and so is a box that overlaps a better kept one by more than `threshold`.
    """
    kept: list[int] = []
    alive = scores >= MIN_SCORE
    for index in _best_first(scores):
        if alive[index]:
            kept.append(int(index))
            alive &= overlap[index] <= threshold
    return kept


def _best_first(scores: Array) -> Indices:
    return np.argsort(-scores, kind="stable")
