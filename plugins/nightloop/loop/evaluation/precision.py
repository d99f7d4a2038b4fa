"""Average precision, for one weighting of the images or for many at once.

Legend: I images, K classes, R weightings, H hits of one class.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightloop.loop.evaluation.matching import Floats, Matches


@dataclass(frozen=True, slots=True, eq=False)
class AveragePrecision:
    """Average precision per class, nan for a class without any object, and its mean over the others (nan: no class)."""

    per_class: Floats  # [R, K]
    mean: Floats  # [R]


def average_precision(matches: Matches, weights: NDArray[np.float64] | None = None) -> AveragePrecision:
    """Return the average precision, all points interpolated, for each row of image weights.

    ``weights`` [R, I] says how often each image counts; without it, one row in which every image counts once.
    The area under the precision-recall curve made to fall: at each hit, the best precision at that recall or beyond.
    Source: PASCAL VOC 2010-2012 (VOCap.m of the development kit).
    """
    image_count, class_count = matches.truths.shape
    counted = np.ones((1, image_count)) if weights is None else weights
    totals = counted @ matches.truths  # [R, K]
    per_class = np.stack([_of_class(matches, label, counted, totals[:, label]) for label in range(class_count)], axis=1)
    present = totals > 0  # [R, K]
    sums = np.where(present, per_class, 0.0).sum(axis=1)
    counts = present.sum(axis=1)
    mean = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return AveragePrecision(per_class, mean)


def _of_class(matches: Matches, label: int, weights: Floats, totals: Floats) -> Floats:
    """Return the average precision of one class for each weighting: [R]."""
    rows = np.flatnonzero(matches.class_ids == label)
    images, hits = matches.images[rows], np.flatnonzero(matches.hits[rows])  # [D], [H]
    if not len(hits):
        return np.where(totals > 0, 0.0, np.nan)
    used, columns = np.unique(images, return_inverse=True)
    # Precision falls between two hits, so that only the hits matter; how many detections each image has up to each hit
    # turns the sums of all weightings into one matrix product.
    counts = np.zeros((len(used), len(hits)))  # [I, H] detections since the hit before
    np.add.at(counts, (columns[: hits[-1] + 1], np.searchsorted(hits, np.arange(hits[-1] + 1))), 1.0)
    shares = weights[:, used]  # [R, I]
    seen = shares @ counts.cumsum(axis=1)  # [R, H] detections up to each hit
    found = shares[:, columns[hits]]  # [R, H] weight of each hit
    precision = np.divide(found.cumsum(axis=1), seen, out=np.zeros_like(seen), where=seen > 0)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    area = (envelope * found).sum(axis=1)
    result: Floats = np.divide(area, totals, out=np.full(len(area), np.nan), where=totals > 0)
    return result
