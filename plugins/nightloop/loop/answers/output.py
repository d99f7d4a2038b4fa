"""A2I's output.json read, checked and merged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nightloop.loop import boxes as geometry
from nightloop.loop import rows
from nightloop.loop.answers.answer import Answer, ReviewerAnswer
from nightloop.loop.consensus import Weight, merge
from nightloop.loop.errors import AnswerError, NoAnswerError, RowError
from nightloop.loop.jsonl import Json
from nightloop.loop.predictions import Box, to_array
from nightloop.loop.pseudonyms import pseudonym
from nightloop.loop.selection import PlannedReview
from nightloop.loop.times import parse_time

Weigh = Callable[[str | None], float | Weight]
"""Gives a reviewer, by pseudonym, a weight for ``consensus.merge``."""


def equally(_reviewer: str | None) -> float:
    """Weigh all reviewers alike."""
    return 1.0


def parse_output(
    output: Mapping[str, Any],
    review: PlannedReview,
    classes: Sequence[str],
    *,
    attribute: str = "annotatedResult",
    weigh: Weigh = equally,
) -> Answer:
    """Read a human loop's output.json; ``attribute`` is the name of the template's crowd-bounding-box.

    Boxes are cut to the image; a box of an unknown label or without area, and a reviewer's answer that cannot be read,
    are left out with a reason in ``rejected``. What the review's ``earlier`` loop was answered is merged with it, each
    reviewer by the weight that ``weigh`` gives a pseudonym. NoAnswerError when no reviewer answered, AnswerError when
    no answer can be used or the output is another loop's.
    Source: Amazon SageMaker Developer Guide, "Amazon A2I Output Data".
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
    return _merged(review, [*_earlier(review), *reviewers], rejected, _shown(output, review, list(classes)), weigh)


def earlier_answer(review: PlannedReview, weigh: Weigh = equally) -> Answer | None:
    """Return what an earlier loop was answered that this review was to settle, None when there was none."""
    reviewers = _earlier(review)
    return _merged(review, reviewers, [], review.boxes, weigh) if reviewers else None


def _merged(
    review: PlannedReview,
    reviewers: Sequence[ReviewerAnswer],
    rejected: Sequence[str],
    shown: tuple[Box, ...] | None,
    weigh: Weigh,
) -> Answer:
    weights = [weigh(reviewer.reviewer) for reviewer in reviewers]
    boxes, agreement, box_agreements = merge([reviewer.boxes for reviewer in reviewers], weights)
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
        box_agreements=box_agreements,
        shown=shown,
        gold=review.gold,
        gold_by=review.gold_by,
        ordinal=review.ordinal,
        earlier=len(review.earlier),
    )


def _earlier(review: PlannedReview) -> list[ReviewerAnswer]:
    return [ReviewerAnswer.from_json(dict(answer)) for answer in review.earlier]


def _shown(output: Mapping[str, Any], review: PlannedReview, classes: list[str]) -> tuple[Box, ...] | None:
    content = output.get("inputContent")
    drawn = content.get("initialValue") if isinstance(content, Mapping) else None
    return _boxes(drawn, review, classes, scored=True)[0] if isinstance(drawn, list) else None


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
    result = _result(rows.mapping(human, "answerContent"), attribute)
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
    reviewer = None if worker is None else pseudonym(worker)
    modified = modified if isinstance(modified, bool) else None
    return ReviewerAnswer(reviewer, submitted, seconds, modified, boxes), problems


def _result(content: Json, attribute: str) -> Json:
    # A template of the customer's own may name its one crowd-bounding-box otherwise.
    boxes = [key for key, value in content.items() if isinstance(value, dict) and "boundingBoxes" in value]
    return rows.mapping(content, boxes[0] if attribute not in content and len(boxes) == 1 else attribute)


def _boxes(
    drawn: list[Any], review: PlannedReview, classes: list[str], *, scored: bool = False
) -> tuple[tuple[Box, ...], list[str]]:
    boxes: list[Box] = []
    problems: list[str] = []
    for number, item in enumerate(drawn, start=1):
        try:
            box = _box(item, review, classes)
            boxes.append(replace(box, score=rows.optional_number(item, "score")) if scored else box)
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
