"""The label of one image, in the form Ground Truth writes it and the built-in algorithm reads it."""

import json
from typing import Any

import numpy as np

from services.detector.boxes.precision import Truth
from services.detector.errors import CustomerError
from services.detector.inputs.images import Picture

LABEL_HEADER = 2  # of the padded label the built-in algorithm makes: header width and object width
LABEL_OBJECT = 5  # class and four sides
SHAPE_TOLERANCE = 0.02


def parse_label(text: bytes, source: str) -> dict[str, Any]:
    """Read a label's JSON object.

    :raises CustomerError: if it is not a JSON object with `image_size` and `annotations`; `source` is named.
    """
    try:
        label = json.loads(text)
    except ValueError as error:
        raise CustomerError(
            f"The label of {source} is not JSON. AttributeNames must be source-ref, then the label attribute."
        ) from error
    if not isinstance(label, dict) or not {"image_size", "annotations"} <= label.keys():
        raise CustomerError(f"The label of {source} must be an object with image_size and annotations.")
    return label


def truth_of(label: dict[str, Any], picture: Picture, source: str, *, num_classes: int, label_width: int) -> Truth:
    """Return the boxes of a label as ratios of its image, cut at the image's edge.

    :raises CustomerError: if a field is missing or not a number, a class is out of range, a box is empty, there are
        more objects than `label_width` holds, or the label was made for an image of another shape.
    """
    try:
        width, height = (float(label["image_size"][0][side]) for side in ("width", "height"))
        rows = [[float(row[key]) for key in ("left", "top", "width", "height")] for row in label["annotations"]]
        classes = np.array([_class_id(row["class_id"]) for row in label["annotations"]], dtype=np.int64)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise CustomerError(f"The label of {source} is malformed: {error!r}.") from error
    _check_shape(width, height, picture, source)
    _check_classes(classes, num_classes, source)
    needed = LABEL_OBJECT * len(rows) + LABEL_HEADER
    if needed > label_width:
        raise CustomerError(
            f"Invalid parameter value 'label_width': {label_width} is too small for {source}, "
            f"whose {len(rows)} objects need at least {needed}."
        )
    return Truth(classes, _ratios(rows, width, height, source))


def _class_id(value: object) -> int:
    number = int(value)  # type: ignore[call-overload]
    if number != float(value):  # type: ignore[arg-type]
        raise ValueError(f"class_id {value} is not an integer")
    return int(number)


def _check_shape(width: float, height: float, picture: Picture, source: str) -> None:
    if not (width > 0 and height > 0):
        raise CustomerError(f"The label of {source} gives an image_size of {width:g} x {height:g}.")
    if abs(width * picture.height / (height * picture.width) - 1) > SHAPE_TOLERANCE:
        raise CustomerError(
            f"The label of {source} is for an image of {width:g} x {height:g} pixels, "
            f"but the upright image has {picture.width} x {picture.height}."
        )


def _check_classes(classes: np.ndarray[Any, np.dtype[np.int64]], num_classes: int, source: str) -> None:
    for class_id in classes:
        if not 0 <= class_id < num_classes:
            raise CustomerError(
                f"The label of {source} has class_id {class_id}; num_classes is {num_classes}, so the classes are "
                f"0 to {num_classes - 1}."
            )


def _ratios(rows: list[list[float]], width: float, height: float, source: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    boxes = np.array(rows, dtype=np.float64).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    boxes = np.clip(boxes / [width, height, width, height], 0, 1)
    for box, row in zip(boxes, rows, strict=True):
        if not (box[2:] > box[:2]).all():
            raise CustomerError(f"A box of {source} has no area inside the image: left, top, width, height = {row}.")
    return boxes.astype(np.float32)
