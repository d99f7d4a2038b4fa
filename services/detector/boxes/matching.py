"""Matches priors to true boxes (SSD, Liu et al. 2016, section 2.2, "Matching strategy")."""

import numpy as np
from numpy.typing import NDArray

from services.detector.boxes.priors import Array

BACKGROUND = -1
MATCH_IOU = 0.5

Indices = NDArray[np.int64]


def iou(a: Array, b: Array) -> Array:
    """Return the intersection over union of every pair: [M, 4], [G, 4] -> [M, G]; 0 if both boxes are empty."""
    shared = _shared_length(a[:, 0], a[:, 2], b[:, 0], b[:, 2])
    shared *= _shared_length(a[:, 1], a[:, 3], b[:, 1], b[:, 3])
    union = _area(a)[:, None] + _area(b)[None, :] - shared
    overlap: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def match(priors: Array, boxes: Array, threshold: float = MATCH_IOU) -> Indices:
    """Return the index of each prior's true box, or `BACKGROUND`: [A, 4], [G, 4] -> [A].

    A prior takes the box it overlaps most if they reach `threshold`; and every box takes the free prior it overlaps
    most, boxes with more overlap first, so that no box is left without a prior as long as any prior touches it.
    """
    matched = np.full(len(priors), BACKGROUND, dtype=np.int64)
    if not len(boxes):
        return matched
    overlap = iou(priors, boxes)  # [A, G]
    nearest = overlap.argmax(axis=1)
    close = overlap[np.arange(len(priors)), nearest] >= threshold
    matched[close] = nearest[close]
    for _ in range(len(boxes)):
        prior, box = np.unravel_index(overlap.argmax(), overlap.shape)
        if overlap[prior, box] <= 0:
            break
        matched[prior] = box
        overlap[prior, :] = overlap[:, box] = 0
    return matched


def _shared_length(a_low: Array, a_high: Array, b_low: Array, b_high: Array) -> Array:
    """Return the length that intervals of one axis share: [M], [M], [G], [G] -> [M, G]."""
    shared = np.minimum(a_high[:, None], b_high)
    shared -= np.maximum(a_low[:, None], b_low)
    length: Array = np.maximum(shared, 0, out=shared)
    return length


def _area(boxes: Array) -> Array:
    area: Array = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    return area
