"""The prior boxes: one per cell, as the trunk itself proposes them, independent of the class.

SSD (Liu et al. 2016, section 2.2) lays fixed default boxes over the cells. Here each cell's prior is the output of the
trunk's own box branch: four distances from the cell's centre, each the expectation of a distribution over 11 bins
(Generalized Focal Loss, Li et al. 2020, section 3.2), so that a small head has little left to correct.
"""

import numpy as np
from numpy.typing import NDArray

BINS = 11
MIN_SIDE = 1e-3  # residuals cannot be encoded against a prior without width or height

Array = NDArray[np.float32]


def cell_centres(rows: int, columns: int, stride: int, side: int) -> Array:
    """Return the centres of a feature map's cells in ratios, row by row -> [rows * columns, 2] (x, y)."""
    y, x = np.meshgrid(np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32), indexing="ij")
    centres: Array = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1) * np.float32(stride / side)
    return centres


def expected_distances(logits: Array) -> Array:
    """Return the expectation of each of the four distance distributions, in strides: [A, 4 * BINS] -> [A, 4]."""
    bins = logits.reshape(-1, 4, BINS)
    weights = np.exp(bins - bins.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    distances: Array = weights @ np.arange(BINS, dtype=np.float32)
    return distances


def proposed_boxes(logits: Array, centres: Array, stride: int, side: int) -> Array:
    """Return the boxes around the cells' centres, cut at the image's edge: [A, 4 * BINS], [A, 2] -> [A, 4]."""
    distances = expected_distances(logits) * np.float32(stride / side)
    low = np.clip(centres - distances[:, :2], 0, 1 - MIN_SIDE)
    high = np.clip(centres + distances[:, 2:], low + MIN_SIDE, 1)
    boxes: Array = np.concatenate([low, high], axis=1)
    return boxes
