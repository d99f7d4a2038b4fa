"""Which images of the holdout show best where a new model differs from the live one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, Prediction, to_array
from nightloop.domain.detection.manifest.reader import annotations_of
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

SHOWN_SCORE = 0.3
"""Detections below this score are not shown, and not counted."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One image: its true boxes, each model's shown ones, and how well each model found the true ones, 0..1."""

    source_ref: str
    truth: tuple[Box, ...]
    champion: tuple[Box, ...]
    challenger: tuple[Box, ...]
    before: float
    after: float


def most_changed(
    lines: Sequence[Json],
    champion: Sequence[Prediction],
    challenger: Sequence[Prediction],
    *,
    classes: Sequence[str],
    attribute: str,
    count: int,
) -> list[Shown]:
    """Return the images that gained most and, as many, those that lost most, at most `count`, best gain first.

    An image is judged by the mean over its true boxes of the best IoU with a shown detection of the same class, less
    the share of shown detections that overlap no true box of their class. Images without a change are left out.
    """
    old, new = ({prediction.image.uri: prediction for prediction in model} for model in (champion, challenger))
    shown = [_shown(line, old, new, classes, attribute) for line in lines]
    changed = [image for image in shown if round(image.after - image.before, 6)]
    ordered = sorted(changed, key=lambda image: (image.before - image.after, image.source_ref))
    if len(ordered) <= count:
        return ordered
    losses = min(count // 2, sum(image.after < image.before for image in ordered))
    return [*ordered[: count - losses], *ordered[len(ordered) - losses :]]


def _shown(
    line: Json, old: Mapping[str, Prediction], new: Mapping[str, Prediction], classes: Sequence[str], attribute: str
) -> Shown:
    ref = fields.text(line, "source-ref")
    truth = tuple(_box(item, classes) for item in annotations_of(line, attribute))
    before, after = (_sure(model[ref]) for model in (old, new))
    return Shown(ref, truth, before, after, _found(truth, before), _found(truth, after))


def _box(annotation: Json, classes: Sequence[str]) -> Box:
    class_id = fields.integer(annotation, "class_id")
    left, top, width, height = (fields.number(annotation, key) for key in ("left", "top", "width", "height"))
    return Box(class_id, classes[class_id], None, left, top, width, height)


def _sure(prediction: Prediction) -> tuple[Box, ...]:
    return tuple(box for box in prediction.boxes if (box.score or 0.0) >= SHOWN_SCORE)


def _found(truth: Sequence[Box], detections: Sequence[Box]) -> float:
    hits = [max((_overlap(box, other) for other in detections), default=0.0) for box in truth]
    false = sum(all(_overlap(box, other) < 0.5 for other in truth) for box in detections)
    recall = sum(hits) / len(hits) if hits else 1.0
    return max(0.0, recall - (false / len(detections) if detections else 0.0))


def _overlap(box: Box, other: Box) -> float:
    if box.class_id != other.class_id:
        return 0.0
    return float(geometry.iou(to_array([box]), to_array([other]))[0, 0])
