"""Average precision, for one weighting of the images or for many at once.

Legend: I images, K classes, R weightings, D detections and H hits of one class.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nightloop.domain.detection.precision.matching import Floats, Integers, Matches

Interpolation = Literal["all-points", "eleven-points", "101-points"]

# Numbers held at once for one class: more fall out of a core's cache and take several times as long.
_BLOCK = 50_000

# From this many weightings on, a detection at a time for all of them is quicker than all detections of a few.
_MANY = 64

_NOTHING = 1e-300  # what is seen before the first detection: where nothing is seen, nothing is found

_LEVELS = np.arange(11)  # recall in tenths

_RECALLS = np.linspace(0, 1, 101)  # COCO's, with the same rounding


@dataclass(frozen=True, slots=True, eq=False)
class AveragePrecision:
    """Average precision of each class, nan for a class without objects, and the mean of the others (or nan)."""

    per_class: Floats  # [R, K]
    mean: Floats  # [R]


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """The detections of one class up to its last hit, best first."""

    images: Integers  # [D]
    hits: Integers  # [H] positions of the hits among the detections


def average_precision(
    matches: Matches, weights: NDArray[np.float64] | None = None, *, interpolation: Interpolation = "all-points"
) -> AveragePrecision:
    """Return the average precision for each row of image weights.

    `weights` [R, I] says how often each image counts; without it, one row in which every image counts once.
    The precision-recall curve is made to fall: at each hit, the best precision at that recall or beyond. "all-points"
    takes the area under it (PASCAL VOC 2010-2012, VOCap.m of the development kit), "eleven-points" its mean at the
    recalls 0, 0.1, ... 1 (VOC 2007; Everingham et al. 2010, section 4.2), "101-points" its mean at 0, 0.01, ... 1
    (COCO; pycocotools, `COCOeval.accumulate`).
    """
    image_count, class_count = matches.truths.shape
    counted = np.ones((1, image_count)) if weights is None else weights
    totals = counted @ matches.truths.astype(np.float64)  # [R, K]
    per_class = np.zeros_like(totals)
    columns = np.ascontiguousarray(counted.T) if len(counted) >= _MANY and interpolation == "all-points" else None
    for label in np.flatnonzero(np.bincount(matches.class_ids[matches.hits], minlength=class_count)).tolist():
        curve = _curve(matches, label)
        if columns is not None:
            per_class[:, label] = _areas(curve, columns, totals[:, label])
            continue
        step = max(1, _BLOCK // len(curve.images))
        for start in range(0, len(counted), step):
            rows = slice(start, start + step)
            per_class[rows, label] = _of_class(curve, counted[rows], totals[rows, label], interpolation)
    present = totals > 0  # [R, K]
    counts = present.sum(axis=1)
    sums = np.where(present, per_class, 0.0).sum(axis=1)
    mean = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return AveragePrecision(np.where(present, per_class, np.nan), mean)


def _curve(matches: Matches, label: int) -> _Curve:
    # Precision falls between two hits, so that what comes after the last one changes nothing.
    rows = np.flatnonzero(matches.class_ids == label)
    hits = np.flatnonzero(matches.hits[rows])
    return _Curve(matches.images[rows[: hits[-1] + 1]], hits)


def _of_class(curve: _Curve, weights: Floats, totals: Floats, interpolation: Interpolation) -> Floats:
    """Return the average precision of one class for each weighting, 0 where it has no object: [R]."""
    counts = weights[:, curve.images]  # [R, D]
    gains = counts[:, curve.hits]  # [R, H] weight of each hit
    seen = np.cumsum(counts, axis=1, out=counts)[:, curve.hits]  # [R, H] detections up to each hit
    found = np.cumsum(gains, axis=1)
    falling = np.divide(found, seen, out=np.zeros_like(seen), where=seen > 0)
    envelope = np.maximum.accumulate(falling[:, ::-1], axis=1)[:, ::-1]
    if interpolation == "eleven-points":
        return _at_levels(envelope, found, totals)
    if interpolation == "101-points":
        return _at_recalls(envelope, found, totals)
    area = np.einsum("rh,rh->r", envelope, gains)
    result: Floats = np.divide(area, totals, out=np.zeros_like(area), where=totals > 0)
    return result


def _areas(curve: _Curve, columns: Floats, totals: Floats) -> Floats:
    """Return the area of one class for each weighting, 0 where it has no object: [R]; `columns` are [I, R]."""
    images, hits = curve.images.tolist(), curve.hits.tolist()
    seen, found = np.full(len(totals), _NOTHING), np.zeros(len(totals))
    falling = np.empty((len(hits), len(totals)))
    begin = 0
    for number, position in enumerate(hits):
        for image in images[begin : position + 1]:
            seen += columns[image]
        begin = position + 1
        found += columns[images[position]]
        np.divide(found, seen, out=falling[number])
    envelope, area = np.zeros(len(totals)), np.zeros(len(totals))
    for precision, position in zip(falling[::-1], hits[::-1], strict=True):
        np.maximum(envelope, precision, out=envelope)
        area += envelope * columns[images[position]]
    return np.divide(area, totals, out=np.zeros_like(area), where=totals > 0)


def _at_levels(envelope: Floats, found: Floats, totals: Floats) -> Floats:
    # Counts are compared, not ratios: 3 of 10 found is a recall of 0.3, but 0.1 * 3 in floats is not 0.3.
    reached = found[:, None] * 10 >= _LEVELS[None, :, None] * totals[:, None, None] - 1e-9  # [R, 11, H]
    first = reached.argmax(axis=2)  # [R, 11]
    precision = np.take_along_axis(envelope, first, axis=1)
    result: Floats = np.where(reached.any(axis=2), precision, 0.0).mean(axis=1)
    return result


def _at_recalls(envelope: Floats, found: Floats, totals: Floats) -> Floats:
    recall = np.divide(found, totals[:, None], out=np.zeros_like(found), where=totals[:, None] > 0)
    reached = np.searchsorted(_RECALLS, recall, side="right")  # [R, H] recalls reached by each hit
    result: Floats = np.einsum("rh,rh->r", envelope, np.diff(reached, axis=1, prepend=0)) / len(_RECALLS)
    return result
