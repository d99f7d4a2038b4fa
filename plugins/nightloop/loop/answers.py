"""What reviewers answered: A2I's output.json read, checked and merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from nightloop.loop import boxes as geometry
from nightloop.loop import rows
from nightloop.loop.consensus import merge
from nightloop.loop.errors import AnswerError, NoAnswerError, RowError
from nightloop.loop.images import Image
from nightloop.loop.jsonl import Json
from nightloop.loop.predictions import Box, to_array
from nightloop.loop.selection import PlannedReview, Purpose, purpose_from
from nightloop.loop.times import parse_time


@dataclass(frozen=True, slots=True)
class ReviewerAnswer:
    """One reviewer's boxes.

    ``seconds`` is active time, ``modified`` whether the model's boxes were changed; None where A2I did not say.
    """

    worker: str | None
    submitted: str
    seconds: float | None
    modified: bool | None
    boxes: tuple[Box, ...]

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        row: Json = {"worker": self.worker, "submitted": self.submitted, "seconds": self.seconds}
        return row | {"modified": self.modified, "boxes": [box.to_json() for box in self.boxes]}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what ``to_json`` wrote; RowError names what is wrong."""
        return cls(
            rows.optional_text(row, "worker"),
            rows.text(row, "submitted"),
            rows.optional_number(row, "seconds"),
            rows.optional_flag(row, "modified"),
            tuple(Box.from_json(box) for box in rows.items(row, "boxes")),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What people say is in an image: each reviewer's boxes, their consensus, and what had to be rejected, and why.

    No box is an answer too: there is no object. ``agreement`` and each box's ``score`` are ``consensus.merge``'s.
    """

    image: Image
    loop_name: str
    purpose: Purpose
    audit_drawn: bool
    model: str
    width: int
    height: int
    reviewers: tuple[ReviewerAnswer, ...]
    boxes: tuple[Box, ...]
    agreement: float
    rejected: tuple[str, ...] = ()

    @property
    def submitted(self) -> str:
        """When the last reviewer answered, as A2I wrote it."""
        return max((reviewer.submitted for reviewer in self.reviewers), key=parse_time)

    @property
    def seconds(self) -> float:
        """Active seconds of all reviewers; those A2I did not tell count as none."""
        return sum(reviewer.seconds or 0.0 for reviewer in self.reviewers)

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        row: Json = {"image": self.image.to_json(), "loop_name": self.loop_name, "purpose": self.purpose}
        row |= {"audit_drawn": self.audit_drawn, "model": self.model, "width": self.width, "height": self.height}
        row |= {"reviewers": [reviewer.to_json() for reviewer in self.reviewers], "agreement": self.agreement}
        return row | {"boxes": [box.to_json() for box in self.boxes], "rejected": list(self.rejected)}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what ``to_json`` wrote; RowError names what is wrong."""
        return cls(
            image=Image.from_json(rows.mapping(row, "image")),
            loop_name=rows.text(row, "loop_name"),
            purpose=purpose_from(rows.text(row, "purpose")),
            audit_drawn=rows.flag(row, "audit_drawn"),
            model=rows.text(row, "model"),
            width=rows.integer(row, "width"),
            height=rows.integer(row, "height"),
            reviewers=tuple(ReviewerAnswer.from_json(reviewer) for reviewer in rows.items(row, "reviewers")),
            boxes=tuple(Box.from_json(box) for box in rows.items(row, "boxes")),
            agreement=rows.number(row, "agreement"),
            rejected=tuple(str(reason) for reason in rows.items(row, "rejected")),
        )


def parse_output(
    output: Mapping[str, Any], review: PlannedReview, classes: Sequence[str], *, attribute: str = "annotatedResult"
) -> Answer:
    """Read a human loop's output.json; ``attribute`` is the name of the template's crowd-bounding-box.

    Boxes are cut to the image; a box of an unknown label or without area, and a reviewer's answer that cannot be read,
    are left out with a reason in ``rejected``. NoAnswerError when no reviewer answered, AnswerError when no answer can
    be used or the output is another loop's. Source: Amazon SageMaker Developer Guide, "Amazon A2I Output Data".
    """
    humans = _human_answers(output, review)
    reviewers: list[ReviewerAnswer] = []
    rejected: list[str] = []
    for number, human in enumerate(humans, start=1):
        try:
            reviewer, problems = _reviewer(human, review, list(classes), attribute)
        except RowError as error:
            rejected.append(f"answer {number}: {error.message}")
            continue
        reviewers.append(reviewer)
        rejected.extend(f"answer {number}, {problem}" for problem in problems)
    if not reviewers:
        raise _refused(f"holds no answer that can be used: {'; '.join(rejected)}", review)
    boxes, agreement = merge([reviewer.boxes for reviewer in reviewers])
    return Answer(
        image=review.image,
        loop_name=review.loop_name,
        purpose=review.purpose,
        audit_drawn=review.audit_drawn,
        model=review.model,
        width=review.width,
        height=review.height,
        reviewers=tuple(reviewers),
        boxes=boxes,
        agreement=agreement,
        rejected=tuple(rejected),
    )


def _human_answers(output: Mapping[str, Any], review: PlannedReview) -> list[Any]:
    if not isinstance(output, Mapping) or not isinstance(output.get("humanAnswers"), list):
        raise _refused("has no 'humanAnswers' list, so it is no output of a human loop", review)
    name = output.get("humanLoopName", review.loop_name)
    content = output.get("inputContent")
    uri = content.get("taskObject", review.image.uri) if isinstance(content, Mapping) else review.image.uri
    if (name, uri) != (review.loop_name, review.image.uri):
        raise _refused(f"belongs to loop {name} about {uri}", review)
    humans: list[Any] = output["humanAnswers"]
    if not humans:
        raise NoAnswerError("holds no reviewer's answer", source=_source(review), image=review.image.uri)
    return humans


def _reviewer(
    human: Json, review: PlannedReview, classes: list[str], attribute: str
) -> tuple[ReviewerAnswer, list[str]]:
    result = rows.mapping(rows.mapping(human, "answerContent"), attribute)
    submitted = rows.text(human, "submissionTime")
    parse_time(submitted)
    if result.get("inputImageProperties") is not None:
        size = rows.mapping(result, "inputImageProperties")
        shown = (rows.number(size, "width"), rows.number(size, "height"))
        if shown != (review.width, review.height):
            shown_text = f"{shown[0]:g} x {shown[1]:g}"
            raise RowError(f"was drawn on {shown_text} pixels; the image has {review.width} x {review.height}")
    boxes, problems = _boxes(rows.items(result, "boundingBoxes"), review, classes)
    seconds, modified = rows.optional_number(human, "timeSpentInSeconds"), result.get("initialValueModified")
    worker = rows.optional_text(human, "workerId")
    return ReviewerAnswer(worker, submitted, seconds, modified if isinstance(modified, bool) else None, boxes), problems


def _boxes(drawn: list[Any], review: PlannedReview, classes: list[str]) -> tuple[tuple[Box, ...], list[str]]:
    boxes: list[Box] = []
    problems: list[str] = []
    for number, item in enumerate(drawn, start=1):
        try:
            boxes.append(_box(item, review, classes))
        except RowError as error:
            problems.append(f"box {number}: {error.message}")
    return tuple(boxes), problems


def _box(item: Json, review: PlannedReview, classes: list[str]) -> Box:
    label = rows.text(item, "label")
    if label not in classes:
        raise RowError(f"label {label!r} is not one of the loop's classes")
    left, top, width, height = (rows.number(item, key) for key in ("left", "top", "width", "height"))
    whole = Box(classes.index(label), label, None, left, top, max(width, 0.0), max(height, 0.0))
    left, top, width, height = geometry.clip(to_array([whole]), review.width, review.height)[0].tolist()
    if width <= 0 or height <= 0:
        raise RowError(f"{label} at {whole.left:g}, {whole.top:g} has no area inside the image")
    return Box(whole.class_id, label, None, left, top, width, height)


def _refused(message: str, review: PlannedReview) -> AnswerError:
    return AnswerError(message, source=_source(review), image=review.image.uri)


def _source(review: PlannedReview) -> str:
    return f"output of {review.loop_name}"
