"""Why an image is worth a review: policies over what the model saw, and each may name the image."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, Prediction, to_array
from nightloop.domain.detection.selection.activation_conditions import Condition
from nightloop.domain.detection.selection.planned_review import Purpose

SAME_PLACE = 0.5
"""Boxes that overlap by this IoU are about the same thing."""


@dataclass(frozen=True, slots=True)
class Policies:
    """What makes an image worth a review, apart from a low best score; the defaults add nothing.

    `no_detection`: an image without any box is reviewed. `uncertain_band`: any box whose score is in low..high.
    `class_thresholds`: the best box of that class scores below the class's threshold. `class_margin`: two classes at
    the same place have scores that differ by less. `class_overlap`: boxes of different classes overlap by at least this
    IoU. The last three look at boxes from `least_box_score` on, because below it a detector's boxes are noise.
    `conditions`: A2I's activation conditions; one that holds is enough. `class_balance` 0..1: how much less an image of
    a class counts in the ranking the more images of it are known, from not at all to in proportion.
    `near_duplicate_bits`: an image is left out if its perceptual hash differs from a chosen one's by at most this many
    of its 64 bits; None leaves none out.
    """

    no_detection: bool = True
    uncertain_band: tuple[float, float] | None = None
    class_thresholds: Mapping[str, float] = field(default_factory=dict)
    class_margin: float | None = None
    class_overlap: float | None = None
    least_box_score: float = 0.1
    conditions: tuple[Condition, ...] = ()
    class_balance: float = 1.0
    near_duplicate_bits: int | None = None


def is_unsure(prediction: Prediction, score_threshold: float) -> bool:
    """Say whether a scored image's best score is below the threshold, or it has no box."""
    return prediction.error is None and (prediction.best_score is None or prediction.best_score < score_threshold)


def purposes(prediction: Prediction, score_threshold: float, policies: Policies, seed: int) -> tuple[Purpose, ...]:
    """Return every policy that names a scored image, in the order of `review.PURPOSES`."""
    best = prediction.best_score
    if best is None:
        found: list[Purpose] = ["no-detection"] if policies.no_detection else []
    else:
        boxes = [box for box in prediction.boxes if (box.score or 0.0) >= policies.least_box_score]
        found = ["low-confidence"] if best < score_threshold else []
        found += _unsure_boxes(prediction, boxes, policies)
        found += _unsure_classes(boxes, policies)
    if any(condition.holds(prediction, seed) for condition in policies.conditions):
        found.append("condition")
    return tuple(found)


def _unsure_boxes(prediction: Prediction, boxes: list[Box], policies: Policies) -> Iterator[Purpose]:
    if policies.uncertain_band is not None:
        low, high = policies.uncertain_band
        if any(low <= (box.score or 0.0) <= high for box in prediction.boxes):
            yield "uncertain-box"
    best: dict[str, float] = {}
    for box in boxes:
        best[box.label] = max(best.get(box.label, 0.0), box.score or 0.0)
    if any(score < policies.class_thresholds.get(label, 0.0) for label, score in best.items()):
        yield "class-threshold"


def _unsure_classes(boxes: list[Box], policies: Policies) -> Iterator[Purpose]:
    if policies.class_margin is None and policies.class_overlap is None:
        return
    overlap = geometry.iou(to_array(boxes), to_array(boxes))
    pairs = [(a, b) for a, b in combinations(range(len(boxes)), 2) if boxes[a].class_id != boxes[b].class_id]
    margin, shared = policies.class_margin, policies.class_overlap
    if margin is not None and any(overlap[pair] >= SAME_PLACE and _margin(boxes, pair) < margin for pair in pairs):
        yield "class-margin"
    if shared is not None and any(overlap[pair] >= shared for pair in pairs):
        yield "class-overlap"


def _margin(boxes: list[Box], pair: tuple[int, int]) -> float:
    return abs((boxes[pair[0]].score or 0.0) - (boxes[pair[1]].score or 0.0))
