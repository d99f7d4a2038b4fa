"""Checks whether the shapes drawn on an image are possible, before an answer is accepted.

It looks at every value that has the form of a drawing tool's answer: one of `boundingBoxes`, `polygons`, `polylines`,
`lines` or `keypoints` beside `inputImageProperties`. Everything else in an answer belongs to the template.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from services.review.errors import (
    ImageSizeMissing,
    ShapeOutsideImage,
    ShapeUnreadable,
    ShapeWithoutLabel,
    TooManyShapes,
    UnknownLabel,
)

Labels: TypeAlias = Mapping[str, frozenset[str]]
_Point: TypeAlias = tuple[float, float]

# A worker draws dozens; a model that guesses finds hundreds.
MAX_SHAPES = 5_000
MAX_POINTS = 100_000
# Left and width are rounded one by one: their sum may be a pixel more than the image.
TOLERANCE_PIXELS = 1.0
_SHOWN_CHARACTERS = 60


def has_shapes(answer: object) -> bool:
    """Tell whether there is anything to check."""
    return any(True for _ in _drawings(answer))


def check_shapes(answer: object, labels: Labels) -> None:
    """Refuse impossible shapes; the error names the shape and says what to do about it.

    :param labels: the known labels of elements, by the element's name.
    :raises InvalidAnswer: for too many shapes, a missing image size, a position that is not a finite number, a negative
        size, a place outside the image, or a label that is missing or not one of the task's.
    """
    for name, drawing in _drawings(answer):
        width, height = _image_size(drawing)
        for kind, points_of in _POINTS.items():
            shapes = drawing.get(kind)
            if isinstance(shapes, list):
                _check_count(shapes)
                for number, shape in enumerate(shapes, 1):
                    _check_label(shape, number, labels.get(name))
                    _check_place(points_of(shape, number), shape, number, (width, height))


def _drawings(answer: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find the answers of drawing tools, each with the name of its element; answers nested deeper have the name ''."""
    waiting: list[tuple[str, object]] = list(answer.items()) if isinstance(answer, dict) else []
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            if "inputImageProperties" in value and any(kind in value for kind in _POINTS):
                yield name, value
            else:
                waiting.extend(("", child) for child in value.values())
        elif isinstance(value, list):
            waiting.extend(("", child) for child in value)


def _image_size(drawing: Mapping[str, Any]) -> tuple[float, float]:
    size = drawing["inputImageProperties"]
    sides = size if isinstance(size, dict) else {}
    width, height = _number(sides.get("width")), _number(sides.get("height"))
    if width is None or height is None or width <= 0 or height <= 0:
        raise ImageSizeMissing
    return width, height


def _check_count(shapes: Sequence[Any]) -> None:
    points = sum(len(shape["vertices"]) for shape in shapes if isinstance(shape, dict) and _has_vertices(shape))
    if len(shapes) > MAX_SHAPES or points > MAX_POINTS:
        raise TooManyShapes(count=len(shapes), points=points, limit=MAX_SHAPES, point_limit=MAX_POINTS)


def _check_label(shape: object, number: int, known: frozenset[str] | None) -> None:
    label = shape.get("label") if isinstance(shape, dict) else None
    if not isinstance(label, str) or not label.strip():
        raise ShapeWithoutLabel(number=number)
    if known is not None and label not in known:
        raise UnknownLabel(number=number, label=label[:_SHOWN_CHARACTERS])


def _check_place(points: Sequence[_Point], shape: Any, number: int, size: tuple[float, float]) -> None:  # noqa: ANN401
    width, height = (side + TOLERANCE_PIXELS for side in size)
    low = -TOLERANCE_PIXELS
    if not all(low <= x <= width and low <= y <= height for x, y in points):
        raise ShapeOutsideImage(number=number, label=shape["label"][:_SHOWN_CHARACTERS])


def _corners(shape: Mapping[str, Any], number: int) -> list[_Point]:
    """Return the top left and the bottom right corner of a box."""
    left, top = _coordinates(shape, ("left", "top"), number)
    width, height = _coordinates(shape, ("width", "height"), number)
    if width < 0 or height < 0:
        raise ShapeUnreadable(number=number)
    return [(left, top), (left + width, top + height)]


def _vertices(shape: Mapping[str, Any], number: int) -> list[_Point]:
    if not _has_vertices(shape) or not shape["vertices"]:
        raise ShapeUnreadable(number=number)
    return [_coordinates(vertex, ("x", "y"), number) for vertex in shape["vertices"]]


def _has_vertices(shape: Mapping[str, Any]) -> bool:
    return isinstance(shape.get("vertices"), list)


def _keypoint(shape: Mapping[str, Any], number: int) -> list[_Point]:
    return [_coordinates(shape, ("x", "y"), number)]


def _coordinates(holder: object, names: tuple[str, str], number: int) -> _Point:
    first, second = (_number(holder.get(name)) for name in names) if isinstance(holder, dict) else (None, None)
    if first is None or second is None:
        raise ShapeUnreadable(number=number)
    return first, second


def _number(value: object) -> float | None:
    """Return a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


_POINTS: Mapping[str, Callable[[Mapping[str, Any], int], list[_Point]]] = {
    "boundingBoxes": _corners,
    "polygons": _vertices,
    "polylines": _vertices,
    "lines": _vertices,
    "keypoints": _keypoint,
}
