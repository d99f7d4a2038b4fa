"""Geometry of boxes: float64 arrays [N, 4] of left, top, width, height in pixels."""

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]  # [N, 4]
Matrix = NDArray[np.float64]


def area(boxes: Boxes) -> Matrix:
    """Area in square pixels: [N, 4] -> [N]."""
    return boxes[:, 2] * boxes[:, 3]


def ends(boxes: Boxes) -> Matrix:
    """Right and bottom: [N, 4] -> [N, 2]."""
    return boxes[:, :2] + boxes[:, 2:]


def iou(a: Boxes, b: Boxes) -> Matrix:
    """Intersection over union of every pair: [N, 4] and [M, 4] -> [N, M]; 0 where both are empty."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])  # [N, M, 2]
    high = np.minimum(ends(a)[:, None], ends(b)[None])  # [N, M, 2]
    shared: Matrix = np.prod(np.clip(high - low, 0, None), axis=2)  # [N, M]
    union = area(a)[:, None] + area(b)[None] - shared
    ratio: Matrix = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    # Sides of 1e-12 pixels lose their digits in the ends.
    return np.minimum(ratio, 1.0)


def pairwise_iou(a: Boxes, b: Boxes) -> Matrix:
    """Intersection over union of row with row: [N, 4] and [N, 4] -> [N]; 0 where both are empty."""
    shared = _pairwise_shared(a, b)
    union = area(a) + area(b) - shared
    ratio: Matrix = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return np.minimum(ratio, 1.0)


def pairwise_inside(a: Boxes, b: Boxes) -> Matrix:
    """Share of the area of each row of `a` that lies in the row of `b`: [N, 4] and [N, 4] -> [N]; 0 of none."""
    shared, whole = _pairwise_shared(a, b), area(a)
    ratio: Matrix = np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)
    return np.minimum(ratio, 1.0)


def clip(boxes: Boxes, width: float, height: float) -> Boxes:
    """Cut boxes to an image of `width` by `height`; what lies outside it gets no width or no height."""
    limits = np.array([width, height])
    low = np.clip(boxes[:, :2], 0, limits)  # [N, 2]
    high = np.clip(ends(boxes), 0, limits)  # [N, 2]
    return np.concatenate([low, np.maximum(high - low, 0)], axis=1)


def to_pixels(boxes: Boxes, width: int, height: int) -> NDArray[np.int64]:
    """Round to whole pixels inside an image of `width` by `height`, each side at least 1: [N, 4] -> [N, 4]."""
    limits = np.array([width, height], dtype=np.int64)
    low = np.clip(_round(boxes[:, :2]), 0, limits - 1)  # [N, 2]
    high = np.clip(_round(ends(boxes)), low + 1, limits)  # [N, 2]
    return np.concatenate([low, high - low], axis=1)


def _pairwise_shared(a: Boxes, b: Boxes) -> Matrix:
    sides = np.minimum(ends(a), ends(b)) - np.maximum(a[:, :2], b[:, :2])  # [N, 2]
    np.clip(sides, 0, None, out=sides)
    shared: Matrix = sides[:, 0] * sides[:, 1]
    return shared


def _round(values: Matrix) -> NDArray[np.int64]:
    # Halves go up: numpy's own rounding to even would move neighbouring edges in different directions.
    return np.floor(values + 0.5).astype(np.int64)
