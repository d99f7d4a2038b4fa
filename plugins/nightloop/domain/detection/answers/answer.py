"""What people say is in an image: the reviewers' boxes and their consensus."""

from dataclasses import dataclass, replace
from typing import Self

from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.detection.selection import PlannedReview, Purpose, purpose_from
from nightloop.domain.images.image import Image
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json
from nightloop.domain.rows.times import parse_time

DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why an answer says nothing about its image: a kind of reason to count by, and a sentence.

    Kinds are `no-answer`, `no-output`, `unreadable`, `label`, `shape`, `size`, `disagreement` and any others that
    `refusals` finds.
    """

    code: str
    reason: str

    def to_json(self) -> Json:
        """Return the reason as JSON values."""
        return {"code": self.code, "reason": self.reason}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(fields.text(row, "code"), fields.text(row, "reason"))


@dataclass(frozen=True, slots=True)
class ReviewerAnswer:
    """One reviewer's boxes.

    `reviewer` is a pseudonym, `seconds` active time, `modified` whether the model's boxes were changed; each is None if
    A2I does not say.
    """

    reviewer: str | None
    submitted: str
    seconds: float | None
    modified: bool | None
    boxes: tuple[Box, ...]

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        row: Json = {"reviewer": self.reviewer, "submitted": self.submitted, "seconds": self.seconds}
        return row | {"modified": self.modified, "boxes": [box.to_json() for box in self.boxes]}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(
            fields.optional_text(row, "reviewer"),
            fields.text(row, "submitted"),
            fields.optional_number(row, "seconds"),
            fields.optional_flag(row, "modified"),
            tuple(Box.from_json(box) for box in fields.items(row, "boxes")),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What people say is in an image: each reviewer's boxes, their consensus, and why others were left out.

    No box is an answer too: there is no object. An `unusable` answer says nothing: nothing is learned or measured from
    it, neither from its boxes nor from their absence. It may have no reviewer. `left_out` has the reasons why
    reviewers' answers were left out. `agreement`, `box_agreements` and each box's `score` come from `consensus.merge`.
    `shown` are the boxes that were drawn for the reviewers, None if A2I does not say. For a gold image, `gold` are the
    boxes that are known to be right, and `gold_by` the pseudonyms of the reviewers who drew them. For a tie-break, the
    first `earlier` reviewers answered the review before.
    """

    image: Image
    review_name: str
    purpose: Purpose
    audit_drawn: bool
    model: str
    width: int
    height: int
    reviewers: tuple[ReviewerAnswer, ...]
    boxes: tuple[Box, ...]
    agreement: float
    left_out: tuple[str, ...] = ()
    box_agreements: tuple[float, ...] = ()
    shown: tuple[Box, ...] | None = None
    gold: tuple[Box, ...] | None = None
    gold_by: tuple[str, ...] = ()
    ordinal: int = 0
    earlier: int = 0
    unusable: Unusable | None = None

    @classmethod
    def refused(cls, review: PlannedReview, unusable: Unusable) -> Self:
        """Make the answer of a review whose output has no answer that can be used."""
        return replace(cls.about(review), left_out=(unusable.reason,), shown=review.boxes, unusable=unusable)

    @classmethod
    def about(cls, review: PlannedReview) -> Self:
        """Make the answer of a review, with what is known before it has anybody's boxes."""
        return cls(
            image=review.image,
            review_name=review.review_name,
            purpose=review.purpose,
            audit_drawn=review.audit_drawn,
            model=review.model,
            width=review.width,
            height=review.height,
            reviewers=(),
            boxes=(),
            agreement=0.0,
            gold=review.gold,
            gold_by=review.gold_by,
            ordinal=review.ordinal,
        )

    @property
    def new_reviewers(self) -> tuple[ReviewerAnswer, ...]:
        """The reviewers that no earlier night has counted."""
        return self.reviewers[self.earlier :]

    @property
    def submitted(self) -> str:
        """When the last reviewer answered, as A2I wrote it; empty if there is no reviewer."""
        return max((reviewer.submitted for reviewer in self.reviewers), key=parse_time, default="")

    @property
    def seconds(self) -> float:
        """Active seconds of the new reviewers; if A2I does not give them, they count as 0."""
        return sum((reviewer.seconds or 0.0 for reviewer in self.new_reviewers), start=0.0)

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        row: Json = {"image": self.image.to_json(), "review_name": self.review_name, "purpose": self.purpose}
        row |= {"audit_drawn": self.audit_drawn, "model": self.model, "width": self.width, "height": self.height}
        row |= {"reviewers": [reviewer.to_json() for reviewer in self.reviewers], "agreement": self.agreement}
        row |= {"boxes": [box.to_json() for box in self.boxes], "left_out": list(self.left_out)}
        row["box_agreements"] = list(self.box_agreements)
        for key, boxes in (("shown", self.shown), ("gold", self.gold)):
            if boxes is not None:
                row[key] = [box.to_json() for box in boxes]
        if self.gold_by:
            row["gold_by"] = list(self.gold_by)
        if self.unusable is not None:
            row["unusable"] = self.unusable.to_json()
        counts = {"ordinal": self.ordinal, "earlier": self.earlier}
        return row | {key: count for key, count in counts.items() if count}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(
            image=Image.from_json(fields.mapping(row, "image")),
            review_name=fields.text(row, "review_name"),
            purpose=purpose_from(fields.text(row, "purpose")),
            audit_drawn=fields.flag(row, "audit_drawn"),
            model=fields.text(row, "model"),
            width=fields.integer(row, "width"),
            height=fields.integer(row, "height"),
            reviewers=tuple(ReviewerAnswer.from_json(reviewer) for reviewer in fields.items(row, "reviewers")),
            boxes=tuple(Box.from_json(box) for box in fields.items(row, "boxes")),
            agreement=fields.number(row, "agreement"),
            left_out=tuple(str(reason) for reason in fields.items(row, "left_out")),
            box_agreements=tuple(float(share) for share in row.get("box_agreements", [])),
            shown=_optional_boxes(row, "shown"),
            gold=_optional_boxes(row, "gold"),
            gold_by=tuple(str(name) for name in row.get("gold_by", [])),
            ordinal=fields.integer(row, "ordinal") if "ordinal" in row else 0,
            earlier=fields.integer(row, "earlier") if "earlier" in row else 0,
            unusable=Unusable.from_json(fields.mapping(row, "unusable")) if "unusable" in row else None,
        )


def _optional_boxes(row: Json, key: str) -> tuple[Box, ...] | None:
    return None if row.get(key) is None else tuple(Box.from_json(box) for box in fields.items(row, key))
