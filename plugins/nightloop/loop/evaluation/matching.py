"""Which detections hit a true object.

Legend: I images, K classes, D detections, G true boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nightloop.loop import boxes as geometry
from nightloop.loop.errors import EvaluationError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The true objects of one image."""

    boxes: geometry.Boxes  # [G, 4]
    class_ids: Integers  # [G]


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a model saw in one image."""

    boxes: geometry.Boxes  # [D, 4]
    class_ids: Integers  # [D]
    scores: Floats  # [D]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """All detections of a model over a set of images, best score first, and how many objects there were to find."""

    truths: Integers  # [I, K] objects
    images: Integers  # [D] index of the detection's image
    class_ids: Integers  # [D]
    scores: Floats  # [D]
    hits: NDArray[np.bool_]  # [D]

    @classmethod
    def joined(cls, truths: Integers, parts: Sequence[tuple[Detections, NDArray[np.bool_]]]) -> Self:
        """Join the images' detections and hits; equal scores keep the order of the images."""
        scores = np.concatenate([found.scores for found, _ in parts])
        order = np.argsort(-scores, kind="stable")
        images = np.repeat(np.arange(len(parts)), [len(found.scores) for found, _ in parts])
        class_ids = np.concatenate([found.class_ids for found, _ in parts])
        hits = np.concatenate([hit for _, hit in parts])
        return cls(truths, images[order], class_ids[order], scores[order], hits[order])


def match(truths: Sequence[Truth], detections: Sequence[Detections], *, class_count: int, iou: float = 0.5) -> Matches:
    """Match each image's detections to its true objects, as PASCAL VOC does.

    A detection looks at the object of its class that it overlaps most; it is a hit when that IoU is at least ``iou``
    and no better-scored detection has hit that object already. Everything else, duplicates too, is a false positive.
    Source: Everingham et al., "The PASCAL Visual Object Classes Challenge" (2010), section 4.2.
    EvaluationError when the lists differ in length, are empty, or hold a class number out of range.
    """
    if len(truths) != len(detections) or not truths:
        raise EvaluationError(f"{len(truths)} images with true objects and {len(detections)} with detections")
    for class_ids in [image.class_ids for image in truths] + [image.class_ids for image in detections]:
        if class_ids.size and not 0 <= class_ids.min() <= class_ids.max() < class_count:
            raise EvaluationError(f"a class number is not in 0..{class_count - 1}: {sorted(set(class_ids.tolist()))}")
    counts = np.stack([np.bincount(image.class_ids, minlength=class_count) for image in truths])  # [I, K]
    parts = [(found, _hits(truth, found, iou)) for truth, found in zip(truths, detections, strict=True)]
    return Matches.joined(counts.astype(np.int64), parts)


def _hits(truth: Truth, found: Detections, iou: float) -> NDArray[np.bool_]:
    """Say of each detection of one image whether it hits: [D]."""
    hits = np.zeros(len(found.scores), dtype=np.bool_)
    if not len(truth.class_ids) or not len(found.scores):
        return hits
    overlap = geometry.iou(found.boxes, truth.boxes)  # [D, G]
    overlap[found.class_ids[:, None] != truth.class_ids[None]] = -1.0
    nearest = overlap.argmax(axis=1)  # [D]
    near = overlap.max(axis=1) >= iou  # [D]
    order = np.argsort(-found.scores, kind="stable")
    order = order[near[order]]
    _, first = np.unique(nearest[order], return_index=True)
    hits[order[first]] = True
    return hits
