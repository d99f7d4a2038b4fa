"""Which images people shall look at, and what they are shown."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, Self

from nightloop.loop import boxes as geometry
from nightloop.loop import rows
from nightloop.loop.errors import RowError, SelectionError
from nightloop.loop.images import Image
from nightloop.loop.jsonl import Json, dump_line
from nightloop.loop.naming import human_loop_name
from nightloop.loop.predictions import Box, Prediction, to_array

Purpose = Literal["low-confidence", "no-detection", "audit"]
PURPOSES: tuple[Purpose, ...] = ("low-confidence", "no-detection", "audit")


@dataclass(frozen=True, slots=True)
class PlannedReview:
    """One image of the night's plan.

    ``audit_drawn`` says whether the random audit drew it, whatever the purpose (for estimates weighted by inverse
    probability). ``duplicate_of`` is the URI of the identical image that is reviewed in its place; ``loop_name`` is
    then that image's.
    """

    image: Image
    purpose: Purpose
    audit_drawn: bool
    model: str
    best_score: float | None
    width: int
    height: int
    boxes: tuple[Box, ...]
    loop_name: str
    duplicate_of: str | None = None

    def to_json(self) -> Json:
        """Return the row as JSON values; ``duplicate_of`` only where there is one."""
        row: Json = {"image": self.image.to_json(), "purpose": self.purpose, "audit_drawn": self.audit_drawn}
        row |= {"model": self.model, "best_score": self.best_score, "width": self.width, "height": self.height}
        row |= {"boxes": [box.to_json() for box in self.boxes], "loop_name": self.loop_name}
        return row | ({"duplicate_of": self.duplicate_of} if self.duplicate_of else {})

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what ``to_json`` wrote; RowError names what is wrong."""
        return cls(
            image=Image.from_json(rows.mapping(row, "image")),
            purpose=purpose_from(rows.text(row, "purpose")),
            audit_drawn=rows.flag(row, "audit_drawn"),
            model=rows.text(row, "model"),
            best_score=rows.optional_number(row, "best_score"),
            width=rows.integer(row, "width"),
            height=rows.integer(row, "height"),
            boxes=tuple(Box.from_json(box) for box in rows.items(row, "boxes")),
            loop_name=rows.text(row, "loop_name"),
            duplicate_of=rows.optional_text(row, "duplicate_of"),
        )


def purpose_from(text: str) -> Purpose:
    """Return the purpose of that name; RowError when there is none."""
    for purpose in PURPOSES:
        if text == purpose:
            return purpose
    raise RowError(f"purpose {text!r} is not one of {', '.join(PURPOSES)}")


def plan_reviews(
    predictions: Iterable[Prediction], *, loop: str, score_threshold: float, audit_share: float, seed: int
) -> list[PlannedReview]:
    """Plan the night's reviews, sorted by URI, whatever the order of the predictions.

    An image is unsure when its best score is below ``score_threshold`` ("low-confidence") or it has no box at all
    ("no-detection"). Independently of that, every scored image is drawn for the audit with probability ``audit_share``,
    by a hash of seed, URI and ETag. Images that were not scored are never planned. Of identical images only the first
    planned one is reviewed; the others stay in the plan with ``duplicate_of``. SelectionError names an image that is
    given twice.
    """
    plan: list[PlannedReview] = []
    reviewed: dict[tuple[str, int], PlannedReview] = {}
    for prediction in _by_uri(predictions):
        review = _planned(prediction, loop, score_threshold, audit_share, seed)
        if review is None:
            continue
        first = reviewed.setdefault((review.image.etag, review.image.bytes), review) if review.image.etag else review
        if first is not review:
            review = replace(review, loop_name=first.loop_name, duplicate_of=first.image.uri)
        plan.append(review)
    return plan


def is_unsure(prediction: Prediction, score_threshold: float) -> bool:
    """Say whether a scored image's best score is below the threshold, or it has no box."""
    return prediction.error is None and (prediction.best_score is None or prediction.best_score < score_threshold)


def is_drawn(image: Image, *, audit_share: float, seed: int) -> bool:
    """Say whether the audit draws an image: a hash of seed, URI and ETag, as a number in 0..1, below the share."""
    text = json.dumps([seed, image.uri, image.etag], ensure_ascii=True)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    # 53 bits fit a float exactly, so that the number stays below 1 and a share of 1 draws everything.
    return (number >> 11) / 2**53 < audit_share


def input_content(review: PlannedReview, classes: Sequence[str], initial_box_score: float) -> str:
    """Write the InputContent of a review: the same bytes for the same review, as A2I demands of a repeated start.

    The model's boxes of at least ``initial_box_score`` are drawn for the reviewer, in whole pixels inside the image,
    each with its score, which the review service shows until the box is touched.
    """
    drawn = [box for box in review.boxes if box.score is not None and box.score >= initial_box_score]
    pixels = geometry.to_pixels(to_array(drawn), review.width, review.height).tolist()
    initial = [
        {"label": box.label, "left": left, "top": top, "width": width, "height": height, "score": box.score}
        for box, (left, top, width, height) in zip(drawn, pixels, strict=True)
    ]
    meta = {"modelVersion": review.model, "maxScore": review.best_score, "purpose": review.purpose}
    content = {"taskObject": review.image.uri, "labels": list(classes), "initialValue": initial, "meta": meta}
    return dump_line(content)


def _by_uri(predictions: Iterable[Prediction]) -> list[Prediction]:
    ordered = sorted(predictions, key=lambda prediction: prediction.image.uri)
    for one, other in pairwise(ordered):
        if one.image.uri == other.image.uri:
            raise SelectionError("has two predictions; every image is scored once a night", image=one.image.uri)
    return ordered


def _planned(
    prediction: Prediction, loop: str, score_threshold: float, audit_share: float, seed: int
) -> PlannedReview | None:
    if prediction.error is not None:
        return None
    image, best = prediction.image, prediction.best_score
    drawn = is_drawn(image, audit_share=audit_share, seed=seed)
    purpose: Purpose = "audit"
    if is_unsure(prediction, score_threshold):
        purpose = "no-detection" if best is None else "low-confidence"
    elif not drawn:
        return None
    width, height = prediction.size
    name = human_loop_name(loop, image.uri, image.etag, prediction.model, purpose)
    return PlannedReview(image, purpose, drawn, prediction.model, best, width, height, prediction.boxes, loop_name=name)
