"""Boxes as residuals against priors (SSD, Liu et al. 2016, equation 2, with the variances of its reference code)."""

import numpy as np

from services.detector.boxes.priors import Array

CENTRE_VARIANCE = np.float32(0.1)
SIZE_VARIANCE = np.float32(0.2)
MAX_SIZE_RESIDUAL = np.float32(20.0)  # exp(0.2 * 20) = 55 times the prior: keeps exp() finite on an untrained head


def encode(boxes: Array, priors: Array) -> Array:
    """Return the residuals that `decode` turns back into `boxes`: [A, 4], [A, 4] -> [A, 4] (x, y, width, height)."""
    centre, size = _centre_size(boxes)
    prior_centre, prior_size = _centre_size(priors)
    shift = (centre - prior_centre) / prior_size / CENTRE_VARIANCE
    stretch = np.log(size / prior_size) / SIZE_VARIANCE
    residuals: Array = np.concatenate([shift, stretch], axis=1)
    return residuals


def decode(residuals: Array, priors: Array) -> Array:
    """Return the boxes of the residuals, not cut at the image's edge: [A, 4], [A, 4] -> [A, 4]."""
    prior_centre, prior_size = _centre_size(priors)
    centre = residuals[:, :2] * CENTRE_VARIANCE * prior_size + prior_centre
    stretch = np.clip(residuals[:, 2:], -MAX_SIZE_RESIDUAL, MAX_SIZE_RESIDUAL)
    half = np.exp(stretch * SIZE_VARIANCE) * prior_size / 2
    boxes: Array = np.concatenate([centre - half, centre + half], axis=1)
    return boxes


def _centre_size(boxes: Array) -> tuple[Array, Array]:
    low, high = boxes[:, :2], boxes[:, 2:]
    return (low + high) / np.float32(2), high - low
