"""Reasons why a reviewer's answer cannot be used although it can be read.

A further reason is one more function in `REFUSALS`.
"""

from collections.abc import Callable

from nightloop.domain.detection.answers.answer import Unusable
from nightloop.domain.detection.selection import PlannedReview
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

Refusal = Callable[[Json, Json, PlannedReview], Unusable | None]
"""Looks at one entry of `humanAnswers`, its crowd-bounding-box and the review; RowError for what cannot be read."""


def refusal(human: Json, result: Json, review: PlannedReview) -> Unusable | None:
    """Return the first reason against an answer, None when there is none."""
    return next((found for check in REFUSALS if (found := check(human, result, review)) is not None), None)


def drawn_on_another_size(_human: Json, result: Json, review: PlannedReview) -> Unusable | None:
    """Refuse boxes for an image of another size: they would be in other places."""
    if result.get("inputImageProperties") is None:
        return None
    size = fields.mapping(result, "inputImageProperties")
    width, height = fields.number(size, "width"), fields.number(size, "height")
    if (width, height) == (review.width, review.height):
        return None
    image = f"{review.width} x {review.height}"
    return Unusable("size", f"was drawn on {width:g} x {height:g} pixels; the image has {image}")


REFUSALS: tuple[Refusal, ...] = (drawn_on_another_size,)
