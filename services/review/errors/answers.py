"""Refusals of an answer that contains something impossible."""

from __future__ import annotations

from services.review.errors.base import InvalidInput


class InvalidAnswer(InvalidInput):
    """The answer contains something impossible; nothing of it was stored."""


class TooManyShapes(InvalidAnswer):
    """The answer has more shapes or points than an answer may have."""


class ImageSizeMissing(InvalidAnswer):
    """The answer of a drawing tool does not say how large the image is."""


class ShapeUnreadable(InvalidAnswer):
    """The position or size of a shape is negative or not a finite number."""


class ShapeOutsideImage(InvalidAnswer):
    """A shape is not inside the image."""


class ShapeWithoutLabel(InvalidAnswer):
    """A shape has no label."""


class UnknownLabel(InvalidAnswer):
    """The label of a shape is not one of the task's."""
