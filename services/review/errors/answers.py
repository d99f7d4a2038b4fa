"""An answer holds something that cannot be."""

from __future__ import annotations

from services.review.errors.base import InvalidInput


class InvalidAnswer(InvalidInput):
    """The answer holds something that cannot be; nothing of it was stored."""


class TooManyShapes(InvalidAnswer):
    """The answer has more shapes, or more points, than can be sent."""


class ImageSizeMissing(InvalidAnswer):
    """The answer of a drawing tool does not say how large the image is."""


class ShapeUnreadable(InvalidAnswer):
    """The place or size of a shape is no finite number, or negative."""


class ShapeOutsideImage(InvalidAnswer):
    """A shape is not inside the image."""


class ShapeWithoutLabel(InvalidAnswer):
    """A shape has no label."""


class UnknownLabel(InvalidAnswer):
    """The label of a shape is not one of the task's."""
