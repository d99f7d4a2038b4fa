"""Reviewers who err, each in a way of their own; and the answers they give, as A2I would write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nightloop.domain.detection.answers import Answer, Weigh, equally, parse_output
from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.detection.selection import PlannedReview

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nightloop.domain.images.image import Image

SAME_OBJECT, GOOD_ENOUGH = 0.5, 0.7
"""From which IoU on somebody who corrects takes a shown box for an object's, and leaves it as it is."""


@dataclass(frozen=True)
class Scene:
    """An image with its true boxes, and what the model showed there."""

    image: Image
    width: int
    height: int
    truth: tuple[Box, ...]
    shown: tuple[Box, ...]


@dataclass(frozen=True)
class Habits:
    """How somebody draws: chances per object, made-up boxes per image, and the spread of an edge in parts of a side.

    ``shifts`` is the chance that a box is off by a quarter of its side. A ``stamps`` reviewer sends what they were
    shown, one who ``corrects`` begins with that: a box that is right stays as it is, a wrong one or an object without
    any is overlooked with the chance ``misses``.
    """

    misses: float
    mislabels: float
    extra: float
    spread: float
    shifts: float = 0.0
    stamps: bool = False
    corrects: bool = False


CREW = {
    "misses": Habits(misses=0.14, mislabels=0.03, extra=0.05, spread=0.04, shifts=0.02),
    "invents": Habits(misses=0.08, mislabels=0.03, extra=0.30, spread=0.04, shifts=0.02),
    "mislabels": Habits(misses=0.06, mislabels=0.12, extra=0.05, spread=0.04, shifts=0.02),
    "shifts": Habits(misses=0.06, mislabels=0.03, extra=0.05, spread=0.05, shifts=0.12),
    "careless": Habits(misses=0.30, mislabels=0.20, extra=0.40, spread=0.10, shifts=0.15),
    "stamper": Habits(misses=0.0, mislabels=0.0, extra=0.0, spread=0.0, stamps=True),
}
"""Four who try, each with a weakness of their own, and two who do not."""

MODEL = Habits(misses=0.35, mislabels=0.20, extra=0.35, spread=0.07, shifts=0.05)
"""What the reviewers are shown is drawn by a model that is unsure, as it is of the images that are reviewed."""


GOOD_MODEL = Habits(misses=0.10, mislabels=0.04, extra=0.12, spread=0.03, shifts=0.02)
"""One that has learned: most images it shows need no correction."""

HONEST = Habits(misses=0.10, mislabels=0.03, extra=0.05, spread=0.04, shifts=0.02, corrects=True)
STAMPER = Habits(misses=0.0, mislabels=0.0, extra=0.0, spread=0.0, stamps=True)


def draw(scene: Scene, habits: Habits, classes: Sequence[str], random: np.random.Generator) -> tuple[Box, ...]:
    """Return the boxes somebody draws."""
    if habits.stamps:
        return scene.shown
    if habits.corrects:
        return _corrected(scene, habits, classes, random)
    seen = [box for box in scene.truth if random.random() >= habits.misses]
    boxes = [_redrawn(box, habits, classes, random) for box in seen]
    return (*boxes, *_made_up(scene, habits, classes, random))


def _corrected(scene: Scene, habits: Habits, classes: Sequence[str], random: np.random.Generator) -> tuple[Box, ...]:
    free, boxes = list(scene.truth), []
    for box in scene.shown:
        overlaps = geometry.iou(to_array([box]), to_array(free))[0] if free else []
        best = int(np.argmax(overlaps)) if len(overlaps) and max(overlaps) >= SAME_OBJECT else None
        true = None if best is None else free.pop(best)
        fine = true is not None and true.class_id == box.class_id and overlaps[best] >= GOOD_ENOUGH
        if fine or random.random() < habits.misses:
            boxes.append(box)
        elif true is not None:
            boxes.append(_redrawn(true, habits, classes, random))
    boxes += [_redrawn(box, habits, classes, random) for box in free if random.random() >= habits.misses]
    return (*boxes, *_made_up(scene, habits, classes, random))


def _made_up(scene: Scene, habits: Habits, classes: Sequence[str], random: np.random.Generator) -> list[Box]:
    boxes = []
    for _ in range(random.poisson(habits.extra)):
        width, height = random.uniform(0.1, 0.4, 2) * (scene.width, scene.height)
        left, top = random.uniform(0, (scene.width - width, scene.height - height))
        boxes.append(_box(int(random.integers(len(classes))), classes, left, top, width, height))
    return boxes


def answer(
    scene: Scene,
    crew: Sequence[str],
    classes: Sequence[str],
    random: np.random.Generator,
    *,
    gold: bool = False,
    weigh: Weigh = equally,
) -> Answer:
    """Let some of the crew answer about a scene, through A2I's output.json and back."""
    review = planned(scene, gold=scene.truth if gold else None)
    return answer_review(scene, review, {name: CREW[name] for name in crew}, classes, random, weigh=weigh)


def planned(scene: Scene, *, gold: tuple[Box, ...] | None = None) -> PlannedReview:
    """Plan the review of a scene; ``gold`` are boxes that somebody outside the crew knows."""
    return PlannedReview(
        image=scene.image,
        purpose="low-confidence" if gold is None else "gold",
        audit_drawn=False,
        model="model",
        best_score=None,
        width=scene.width,
        height=scene.height,
        boxes=scene.shown,
        review_name="voc-0",
        gold=gold,
        gold_by=() if gold is None else ("somebody else",),
    )


def answer_review(
    scene: Scene,
    review: PlannedReview,
    crew: Mapping[str, Habits],
    classes: Sequence[str],
    random: np.random.Generator,
    *,
    weigh: Weigh = equally,
) -> Answer:
    """Let people of these habits answer a planned review."""
    humans = [_human(name, draw(scene, habits, classes, random), scene) for name, habits in crew.items()]
    content = {"taskObject": scene.image.uri, "initialValue": [_drawn(box) | {"score": 0.5} for box in scene.shown]}
    return parse_output({"humanAnswers": humans, "inputContent": content}, review, classes, weigh=weigh)


def _redrawn(box: Box, habits: Habits, classes: Sequence[str], random: np.random.Generator) -> Box:
    class_id = box.class_id
    if random.random() < habits.mislabels:
        class_id = int((class_id + random.integers(1, len(classes))) % len(classes))
    off = 0.25 if random.random() < habits.shifts else 0.0
    left, top, right, bottom = random.normal(0, habits.spread, 4)
    return _box(
        class_id,
        classes,
        box.left + (left + off) * box.width,
        box.top + (top + off) * box.height,
        box.width * max(1 + right - left, 0.1),
        box.height * max(1 + bottom - top, 0.1),
    )


def _box(class_id: int, classes: Sequence[str], *edges: float) -> Box:
    left, top, width, height = map(float, edges)
    return Box(class_id, classes[class_id], None, left, top, width, height)


def _human(name: str, boxes: Sequence[Box], scene: Scene) -> dict[str, Any]:
    result = {
        "boundingBoxes": [_drawn(box) for box in boxes],
        "inputImageProperties": {"width": scene.width, "height": scene.height},
    }
    return {
        "answerContent": {"annotatedResult": result},
        "submissionTime": "2026-01-01T00:00:00Z",
        "timeSpentInSeconds": 20.0,
        "workerId": name,
    }


def _drawn(box: Box) -> dict[str, Any]:
    return {"label": box.label, "left": box.left, "top": box.top, "width": box.width, "height": box.height}
