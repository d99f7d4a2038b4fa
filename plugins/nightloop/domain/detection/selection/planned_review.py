"""One image of the plan, and what its reviewers are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.errors import RowError
from nightloop.domain.images.image import Image
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json, dump_line

Purpose = Literal[
    "no-detection",
    "low-confidence",
    "uncertain-box",
    "class-threshold",
    "class-margin",
    "class-overlap",
    "condition",
    "audit",
    "gold",
]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
"""In this order: the first that names an image is its review's purpose."""


@dataclass(frozen=True, slots=True)
class PlannedReview:
    """One image of the night's plan.

    `purpose` is the first of the `reasons`. `audit_drawn` says whether the random audit drew it, for any purpose (for
    estimates weighted by inverse probability). `gain` and `seconds` are what the review is expected to bring and to
    take. `left_out` says why it is not reviewed after all. `duplicate_of` is the URI of the identical image that is
    reviewed in its place; `review_name` is then that image's. For a gold image, `gold` holds the boxes that are known,
    and `gold_by` the pseudonyms of the reviewers who drew them. `ordinal` counts repeated reviews of an image, and
    `earlier` holds the earlier reviewers' answers, as `answers.ReviewerAnswer` writes them.
    """

    image: Image
    purpose: Purpose
    audit_drawn: bool
    model: str
    best_score: float | None
    width: int
    height: int
    boxes: tuple[Box, ...]
    review_name: str
    duplicate_of: str | None = None
    reasons: tuple[Purpose, ...] = ()
    gain: float | None = None
    seconds: float | None = None
    left_out: str | None = None
    gold: tuple[Box, ...] | None = None
    gold_by: tuple[str, ...] = ()
    ordinal: int = 0
    earlier: tuple[Json, ...] = ()

    @property
    def is_reviewed(self) -> bool:
        """Whether a review is opened for this image itself."""
        return self.duplicate_of is None and self.left_out is None

    def to_json(self) -> Json:
        """Return the row as JSON values, without unknown and default ones."""
        row: Json = {"image": self.image.to_json(), "purpose": self.purpose, "audit_drawn": self.audit_drawn}
        row |= {"model": self.model, "best_score": self.best_score, "width": self.width, "height": self.height}
        row |= {"boxes": [box.to_json() for box in self.boxes], "review_name": self.review_name}
        if self.gold is not None:
            row["gold"] = [box.to_json() for box in self.gold]
        optional: Json = {"duplicate_of": self.duplicate_of, "reasons": list(self.reasons) or None, "gain": self.gain}
        optional |= {"seconds": self.seconds, "left_out": self.left_out, "ordinal": self.ordinal or None}
        optional |= {"gold_by": list(self.gold_by) or None, "earlier": list(self.earlier) or None}
        return row | {key: value for key, value in optional.items() if value is not None}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(
            image=Image.from_json(fields.mapping(row, "image")),
            purpose=purpose_from(fields.text(row, "purpose")),
            audit_drawn=fields.flag(row, "audit_drawn"),
            model=fields.text(row, "model"),
            best_score=fields.optional_number(row, "best_score"),
            width=fields.integer(row, "width"),
            height=fields.integer(row, "height"),
            boxes=tuple(Box.from_json(box) for box in fields.items(row, "boxes")),
            review_name=fields.text(row, "review_name"),
            duplicate_of=fields.optional_text(row, "duplicate_of"),
            reasons=tuple(purpose_from(str(reason)) for reason in row.get("reasons", [])),
            gain=fields.optional_number(row, "gain"),
            seconds=fields.optional_number(row, "seconds"),
            left_out=fields.optional_text(row, "left_out"),
            gold=None if row.get("gold") is None else tuple(Box.from_json(box) for box in fields.items(row, "gold")),
            gold_by=tuple(str(name) for name in row.get("gold_by", [])),
            ordinal=fields.integer(row, "ordinal") if "ordinal" in row else 0,
            earlier=tuple(fields.items(row, "earlier")) if "earlier" in row else (),
        )


def purpose_from(text: str) -> Purpose:
    """Return the purpose of that name.

    :raises RowError: if there is none.
    """
    for purpose in PURPOSES:
        if text == purpose:
            return purpose
    raise RowError(f"purpose {text!r} is not one of {', '.join(PURPOSES)}")


def input_content(review: PlannedReview, classes: Sequence[str], initial_box_score: float) -> str:
    """Write the InputContent of a review: the same bytes for the same review, as A2I requires for a repeated start.

    The model's boxes of at least `initial_box_score` are drawn for the reviewer, in whole pixels inside the image. Each
    has its score, which the review service shows until the reviewer touches the box. A gold image says that it is one
    of the audit's, because its reviewers must not know.
    """
    drawn = [box for box in review.boxes if box.score is not None and box.score >= initial_box_score]
    pixels = geometry.to_pixels(to_array(drawn), review.width, review.height).tolist()
    initial = [
        {"label": box.label, "left": left, "top": top, "width": width, "height": height, "score": box.score}
        for box, (left, top, width, height) in zip(drawn, pixels, strict=True)
    ]
    purpose = "audit" if review.purpose == "gold" else review.purpose
    meta = {"modelVersion": review.model, "maxScore": review.best_score, "purpose": purpose}
    content = {"taskObject": review.image.uri, "labels": list(classes), "initialValue": initial, "meta": meta}
    return dump_line(content)
