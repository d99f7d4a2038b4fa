"""Which detections hit a true object.

Legend: I images, K classes, D detections, G true boxes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightloop.domain.detection.boxes import geometry
from nightloop.domain.errors import EvaluationError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_Overlap = Callable[[geometry.Boxes, geometry.Boxes], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The true objects of one image; `ignored` ones need not be found, but may be.

    An ignored box is around a crowd (COCO's `iscrowd`), unless `difficult` (VOC) says that it is one object. None means
    that no object is of that kind.
    """

    boxes: geometry.Boxes  # [G, 4]
    class_ids: Integers  # [G]
    ignored: Flags | None = None  # [G]
    difficult: Flags | None = None  # [G]


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a model saw in one image."""

    boxes: geometry.Boxes  # [D, 4]
    class_ids: Integers  # [D]
    scores: Floats  # [D]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """All detections of a model over a set of images, best score first, and how many objects there were to find.

    Detections of an ignored object are neither right nor wrong and not among them. Equal scores keep the order of the
    images.
    """

    truths: Integers  # [I, K] objects that count
    images: Integers  # [D] index of the detection's image
    class_ids: Integers  # [D]
    scores: Floats  # [D]
    hits: Flags  # [D]


def match(truths: Sequence[Truth], detections: Sequence[Detections], *, class_count: int, iou: float = 0.5) -> Matches:
    """Match the images' detections to their true objects, as PASCAL VOC does.

    A detection looks at the object of its class that it overlaps most. It is a hit if that IoU is at least `iou` and no
    better-scored detection has hit that object already. Everything else, duplicates too, is a false positive, except
    two kinds that do not count at all: detections whose object is difficult, any number of them; and detections that
    would be false but lie in a crowd of their class with at least a share `iou` of their area.

    Sources: Everingham et al., "The PASCAL Visual Object Classes Challenge" (2010), section 4.2, and VOCevaldet.m of
    the development kit for difficult objects; pycocotools, `COCOeval.evaluateImg` and `maskUtils.iou`, for crowds.

    :raises EvaluationError: if the lists differ in length, are empty, or hold a class number out of range.
    """
    if len(truths) != len(detections) or not truths:
        raise EvaluationError(f"{len(truths)} images with true objects and {len(detections)} with detections")
    true, found = _joined_truths(truths), _joined_detections(detections)
    for class_ids in (true.class_ids, found.class_ids):
        if class_ids.size and not 0 <= class_ids.min() <= class_ids.max() < class_count:
            raise EvaluationError(f"a class number is not in 0..{class_count - 1}: {np.unique(class_ids).tolist()}")
    crowds = true.ignored & ~true.difficult
    nearest, overlap = _nearest(true.only(~crowds), found, class_count, geometry.pairwise_iou)
    hits = np.zeros(len(nearest), dtype=np.bool_)
    rows = np.flatnonzero((nearest >= 0) & (overlap >= iou))
    hits[rows[np.unique(nearest[rows], return_index=True)[1]]] = True
    dropped = np.zeros_like(hits)
    dropped[rows] = true.ignored[~crowds][nearest[rows]]
    hits &= ~dropped
    if crowds.any():
        dropped |= ~hits & (_nearest(true.only(crowds), found, class_count, geometry.pairwise_inside)[1] >= iou)
    counted = true.images[~true.ignored] * class_count + true.class_ids[~true.ignored]
    totals = np.bincount(counted, minlength=len(truths) * class_count).reshape(-1, class_count)
    kept = ~dropped
    return Matches(totals, found.images[kept], found.class_ids[kept], found.scores[kept], hits[kept])


@dataclass(frozen=True, slots=True, eq=False)
class _Objects:
    """Boxes of all images in one array; detections come best first."""

    images: Integers  # [N]
    class_ids: Integers  # [N]
    boxes: geometry.Boxes  # [N, 4]
    scores: Floats  # [N], empty for true objects
    ignored: Flags  # [N], empty for detections
    difficult: Flags  # [N], empty for detections

    def only(self, chosen: Flags) -> "_Objects":
        """Return the chosen ones of true objects."""
        images, class_ids, boxes = self.images[chosen], self.class_ids[chosen], self.boxes[chosen]
        return _Objects(images, class_ids, boxes, self.scores, self.ignored[chosen], self.difficult[chosen])


def _joined_truths(truths: Sequence[Truth]) -> _Objects:
    images = np.repeat(np.arange(len(truths)), [len(image.class_ids) for image in truths])
    boxes, class_ids = (np.concatenate([getattr(t, part) for t in truths]) for part in ("boxes", "class_ids"))
    ignored, difficult = (
        np.concatenate([_flags(getattr(t, part), len(t.class_ids)) for t in truths])
        for part in ("ignored", "difficult")
    )
    return _Objects(images, class_ids, boxes, np.empty(0), ignored | difficult, difficult)


def _flags(flags: Flags | None, count: int) -> Flags:
    return np.zeros(count, dtype=np.bool_) if flags is None else np.asarray(flags, dtype=np.bool_)


def _joined_detections(detections: Sequence[Detections]) -> _Objects:
    images = np.repeat(np.arange(len(detections)), [len(image.scores) for image in detections])
    parts = ("boxes", "class_ids", "scores")
    boxes, class_ids, scores = (np.concatenate([getattr(d, part) for d in detections]) for part in parts)
    order, none = np.argsort(-scores, kind="stable"), np.empty(0, dtype=np.bool_)
    return _Objects(images[order], class_ids[order], boxes[order], scores[order], none, none)


def _nearest(true: _Objects, found: _Objects, class_count: int, measure: _Overlap) -> tuple[Integers, Floats]:
    """Return for each detection the true object it overlaps most, -1 for none, and how far: [D].

    Of equal overlaps the first object counts. Only pairs of one image and class are compared, those of all images at
    once: P pairs.
    """
    keys = true.images * class_count + true.class_ids  # [G]
    order = np.argsort(keys, kind="stable")
    wanted = found.images * class_count + found.class_ids  # [D]
    first = np.searchsorted(keys[order], wanted, side="left")
    counts = np.searchsorted(keys[order], wanted, side="right") - first  # [D] pairs
    begins = np.concatenate([[0], np.cumsum(counts)])  # [D + 1] where a detection's pairs begin
    detection = np.repeat(np.arange(len(wanted)), counts)  # [P]
    candidate = order[np.arange(begins[-1]) - begins[detection] + first[detection]]  # [P]
    overlap = measure(found.boxes[detection], true.boxes[candidate])  # [P]
    nearest, best = np.full(len(wanted), -1, dtype=np.int64), np.zeros(len(wanted))
    paired = np.flatnonzero(counts)
    if paired.size:
        best[paired] = np.maximum.reduceat(overlap, begins[paired])
        winners = np.flatnonzero(overlap == best[detection])
        asking, position = np.unique(detection[winners], return_index=True)
        nearest[asking] = candidate[winners[position]]
    return nearest, best
