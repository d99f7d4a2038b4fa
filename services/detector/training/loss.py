"""SSD's MultiBox loss (Liu et al. 2016, equations 1 to 3) and its gradients.

Cross entropy over the matched priors and the hardest unmatched ones, smooth L1 over the residuals of the matched ones,
both divided by the number of matched priors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.detector.boxes.priors import Array
from services.detector.network.head import probabilities

NEGATIVES_PER_POSITIVE = 3

Mask = NDArray[np.bool_]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Loss:
    """The two terms of the loss and its gradients at the head's outputs, [A, 1 + K] and [A, 4]."""

    cross_entropy: float
    smooth_l1: float
    d_logits: Array
    d_residuals: Array


def hard_negatives(logits: Array, labels: Labels, at_least: int) -> Mask:
    """Choose the unmatched priors least like background, three for every matched one: [A, 1 + K], [A] -> [A]."""
    free = np.flatnonzero(labels == 0)
    wanted = max(NEGATIVES_PER_POSITIVE * int((labels > 0).sum()), at_least)
    background = probabilities(logits[free])[:, 0]
    hardest = free[np.argsort(background, kind="stable")[:wanted]]
    chosen = np.zeros(len(labels), dtype=np.bool_)
    chosen[hardest] = True
    return chosen


def multibox_loss(logits: Array, residuals: Array, labels: Labels, targets: Array) -> Loss:
    """Return the loss over chosen cells: logits [A, 1 + K], residuals and targets [A, 4], labels [A] (0 background)."""
    matched = labels > 0
    count = np.float32(max(int(matched.sum()), 1))
    cells = np.arange(len(labels))
    shares = probabilities(logits)
    cross_entropy = -np.log(np.maximum(shares[cells, labels], np.float32(1e-12))).sum() / count
    d_logits = shares / count
    d_logits[cells, labels] -= 1 / count
    error = np.where(matched[:, None], residuals - targets, np.float32(0))
    smooth_l1 = np.where(np.abs(error) < 1, error**2 / 2, np.abs(error) - np.float32(0.5)).sum() / count
    d_residuals: Array = (np.clip(error, -1, 1) / count).astype(np.float32)
    return Loss(float(cross_entropy), float(smooth_l1), d_logits, d_residuals)
