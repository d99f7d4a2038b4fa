"""What a model saw in an image, and the one place where the endpoint's ratios become pixels."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np

from nightloop.domain.detection.boxes import geometry
from nightloop.domain.errors import ResponseError, RowError
from nightloop.domain.images.image import Image
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json


@dataclass(frozen=True, slots=True)
class Box:
    """One object: pixels of the upright image; `score` is a model's or a consensus' confidence in 0..1, or None."""

    class_id: int
    label: str
    score: float | None
    left: float
    top: float
    width: float
    height: float

    def to_json(self) -> Json:
        """Return the box as JSON values; `score` only where there is one."""
        row: Json = {"class_id": self.class_id, "label": self.label, "left": self.left, "top": self.top}
        row |= {"width": self.width, "height": self.height}
        return row | ({} if self.score is None else {"score": self.score})

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        left, top, width, height = (fields.number(row, key) for key in ("left", "top", "width", "height"))
        score = fields.optional_number(row, "score")
        return cls(fields.integer(row, "class_id"), fields.text(row, "label"), score, left, top, width, height)


NOT_AN_IMAGE = "NotAnImage"
"""The code of an object that is no image: nothing failed, it is left out. Its message is the kind of file it is."""


@dataclass(frozen=True, slots=True)
class ScoringFault:
    """Why an image could not be scored: an error code (the service's, if it gave one) and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """One model's result for one image: its size and boxes (best first), or a fault and neither.

    `perceptual_hash` is 16 hexadecimal digits that differ little between images that look alike, if it is known. `note`
    says which picture of its file was scored, if the file holds several.
    """

    image: Image
    model: str
    width: int | None
    height: int | None
    boxes: tuple[Box, ...]
    error: ScoringFault | None = None
    perceptual_hash: str | None = None
    note: str | None = None

    @classmethod
    def failed(cls, image: Image, model: str, code: str, message: str) -> Self:
        """Make the result of an image that could not be scored."""
        return cls(image, model, None, None, (), ScoringFault(code, message))

    @property
    def failure(self) -> ScoringFault | None:
        """Why an image has no score; also None for an object that is no image."""
        return None if self.left_out_as else self.error

    @property
    def left_out_as(self) -> str | None:
        """The kind of file that an object is if it is no image, None for an image."""
        return self.error.message if self.error is not None and self.error.code == NOT_AN_IMAGE else None

    @property
    def best_score(self) -> float | None:
        """The highest score of any box, None when there is no box."""
        return max((box.score for box in self.boxes if box.score is not None), default=None)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels.

        :raises ResponseError: for an image that was not scored.
        """
        if self.width is None or self.height is None:
            raise ResponseError("was not scored, so its size is not known", image=self.image.uri)
        return self.width, self.height

    def to_json(self) -> Json:
        """Return the row as JSON values: with size and boxes, or with `error`."""
        row: Json = {"image": self.image.to_json(), "model": self.model}
        if self.error is not None:
            return row | {"error": {"code": self.error.code, "message": self.error.message}}
        row |= {"width": self.width, "height": self.height, "boxes": [box.to_json() for box in self.boxes]}
        row |= {"perceptual_hash": self.perceptual_hash} if self.perceptual_hash else {}
        return row | ({"note": self.note} if self.note else {})

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        image, model = Image.from_json(fields.mapping(row, "image")), fields.text(row, "model")
        if row.get("error") is not None:
            error = fields.mapping(row, "error")
            return cls.failed(image, model, fields.text(error, "code"), fields.text(error, "message"))
        boxes = tuple(Box.from_json(box) for box in fields.items(row, "boxes"))
        width, height = fields.integer(row, "width"), fields.integer(row, "height")
        if width < 1 or height < 1:
            raise RowError(f"has an image size of {width} x {height}; both must be at least 1", image=image.uri)
        perceptual_hash, note = (fields.optional_text(row, key) for key in ("perceptual_hash", "note"))
        return cls(image, model, width, height, boxes, perceptual_hash=perceptual_hash, note=note)


def to_array(boxes: Iterable[Box]) -> geometry.Boxes:
    """Return boxes as an array [N, 4]."""
    values = [(box.left, box.top, box.width, box.height) for box in boxes]
    return np.array(values, dtype=np.float64).reshape(-1, 4)


def from_endpoint(  # noqa: PLR0917
    body: Mapping[str, Any], width: int, height: int, classes: Sequence[str], image: Image, model: str
) -> Prediction:
    """Read `{"prediction": [[class, score, xmin, ymin, xmax, ymax], ...]}`, corners as ratios of the image's size.

    Boxes are cut to the image, empty ones are dropped, and the best come first. Rows of class -1, which MXNet's
    MultiBoxDetection writes for a suppressed box, are no boxes.

    Source: Amazon SageMaker Developer Guide, "Object Detection Request and Response Formats".

    :raises ResponseError: naming the image, if the body is anything else.
    """
    detections = body.get("prediction") if isinstance(body, Mapping) else None
    if not isinstance(detections, list):
        raise ResponseError(f"the endpoint did not answer a 'prediction' list but {body!r:.200}", image=image.uri)
    if width < 1 or height < 1:
        raise ResponseError(f"an image cannot be {width} x {height} pixels", image=image.uri)
    values = [_checked(row, len(classes), image) for row in detections]
    found = np.array([row for row in values if row[0] >= 0], dtype=np.float64).reshape(-1, 6)
    corners = found[:, 2:] * np.array([width, height, width, height])
    ltwh = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    ltwh[:, 2:] = np.maximum(ltwh[:, 2:], 0)
    clipped = geometry.clip(ltwh, width, height)
    boxes = [
        Box(int(row[0]), classes[int(row[0])], float(row[1]), *(float(value) for value in box))
        for row, box in zip(found, clipped, strict=True)
        if box[2] > 0 and box[3] > 0
    ]
    return Prediction(image, model, width, height, tuple(sorted(boxes, key=_best_first)))


def _checked(row: object, class_count: int, image: Image) -> list[float]:
    values = [float(v) for v in row if isinstance(v, int | float)] if isinstance(row, list) else []
    if len(values) != 6 or len(values) != len(cast("list[object]", row)) or not all(map(math.isfinite, values)):
        raise ResponseError(f"a detection must be six numbers, not {row!r:.200}", image=image.uri)
    class_id, score = values[:2]
    if not class_id.is_integer() or not -1 <= class_id < class_count:
        raise ResponseError(f"class {class_id:g} is not one of the loop's {class_count} classes", image=image.uri)
    if not 0 <= score <= 1:
        raise ResponseError(f"score {score:g} is not between 0 and 1", image=image.uri)
    return values


def _best_first(box: Box) -> tuple[float, int, float, float, float, float]:
    return (-(box.score or 0.0), box.class_id, box.left, box.top, box.width, box.height)
