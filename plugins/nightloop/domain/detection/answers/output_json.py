"""A2I's output.json read, checked and merged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nightloop.domain.detection.answers.answer import DISAGREEMENT, Answer, ReviewerAnswer, Unusable
from nightloop.domain.detection.answers.consensus import merge, undecided, without_twins
from nightloop.domain.detection.answers.refusals import refusal
from nightloop.domain.detection.answers.too_fast import DEFAULT_SECONDS, too_fast
from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.detection.selection import PlannedReview
from nightloop.domain.errors import AnswerError, NoAnswerError, RowError
from nightloop.domain.identity.pseudonyms import pseudonym
from nightloop.domain.reviewers.records import Weight
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json
from nightloop.domain.rows.times import parse_time

Weigh = Callable[[str | None], float | Weight]
"""Gives a reviewer, by pseudonym, a weight for `consensus.merge`."""


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
    min_seconds: float = DEFAULT_SECONDS,
) -> Answer:
    """Read a human loop's output.json; `attribute` is the name of the template's crowd-bounding-box.

    Boxes are cut to the image, and an object that one reviewer drew twice becomes one. A reviewer's answer is left out
    whole, with its reasons in `left_out`, if it cannot be read, if one of its boxes cannot be used (a label that is not
    exactly one of the classes, a side that is no positive number, no area inside the image), or if it took less than
    `min_seconds`: without that box it would say that nothing is there. In a tie-break, the answers of the `earlier`
    review are merged with it, each reviewer by the weight that `weigh` gives a pseudonym. The answer is `unusable` if
    the reviewers' disagreement decides nothing, or if an answer was left out and no box remains.

    Source: Amazon SageMaker Developer Guide, "Amazon A2I Output Data".

    :raises NoAnswerError: if no reviewer answered.
    :raises AnswerError: if no answer can be used, or if the output belongs to another human loop.
    """
    reviewers: list[ReviewerAnswer] = []
    refused: list[Unusable] = []
    for number, human in enumerate(_human_answers(output, review), start=1):
        fast = too_fast(human, min_seconds)
        found = [fast] if fast else _reviewer(human, review, list(classes), attribute)
        if isinstance(found, ReviewerAnswer):
            reviewers.append(found)
        else:
            refused += [replace(problem, reason=f"answer {number}{problem.reason}") for problem in found]
    left_out = [problem.reason for problem in refused]
    if not reviewers:
        raise _refused(f"holds no answer that can be used: {'; '.join(left_out)}", review, refused[0].code)
    everybody = [*_earlier(review), *reviewers]
    answer = _merged(review, everybody, left_out, _shown(output, review, list(classes)), weigh)
    # What the others did not draw, the one left out may have drawn.
    is_in_doubt = refused and not answer.boxes and answer.unusable is None
    return replace(answer, unusable=refused[0]) if is_in_doubt else answer


def earlier_answer(review: PlannedReview, weigh: Weigh = equally) -> Answer | None:
    """Return the answer that a tie-break's earlier review got, None if the review is no tie-break."""
    reviewers = _earlier(review)
    return _merged(review, reviewers, [], review.boxes, weigh) if reviewers else None


def _merged(
    review: PlannedReview,
    reviewers: Sequence[ReviewerAnswer],
    left_out: Sequence[str],
    shown: tuple[Box, ...] | None,
    weigh: Weigh,
) -> Answer:
    weights = [weigh(reviewer.reviewer) for reviewer in reviewers]
    drawn = [reviewer.boxes for reviewer in reviewers]
    boxes, agreement, box_agreements = merge(drawn, weights)
    open_question = undecided(drawn, weights)
    return replace(
        Answer.about(review),
        reviewers=tuple(reviewers),
        boxes=boxes,
        agreement=agreement,
        left_out=tuple(left_out),
        box_agreements=box_agreements,
        shown=shown,
        earlier=len(review.earlier),
        unusable=None if open_question is None else Unusable(DISAGREEMENT, open_question),
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
    name = output.get("humanLoopName", review.review_name)
    content = output.get("inputContent")
    uri = content.get("taskObject", review.image.uri) if isinstance(content, Mapping) else review.image.uri
    if (name, uri) != (review.review_name, review.image.uri):
        raise _refused(f"belongs to human loop {name} about {uri}", review)
    humans: list[Any] = output["humanAnswers"]
    if not humans:
        raise NoAnswerError("holds no reviewer's answer", source=_source(review), image=review.image.uri)
    return humans


def _reviewer(
    human: Json, review: PlannedReview, classes: list[str], attribute: str
) -> ReviewerAnswer | list[Unusable]:
    """Read one reviewer's answer, or say what is wrong with it."""
    try:
        result = _result(fields.mapping(human, "answerContent"), attribute)
        submitted = fields.text(human, "submissionTime")
        parse_time(submitted)
        against = refusal(human, result, review)
        if against is not None:
            return [replace(against, reason=f": {against.reason}")]
        boxes, problems = _boxes(fields.items(result, "boundingBoxes"), review, classes)
        seconds, modified = fields.optional_number(human, "timeSpentInSeconds"), result.get("initialValueModified")
        worker = fields.optional_text(human, "workerId")
    except RowError as error:
        return [Unusable("unreadable", f": {error.message}")]
    if problems:
        return problems
    reviewer = None if worker is None else pseudonym(worker)
    modified = modified if isinstance(modified, bool) else None
    return ReviewerAnswer(reviewer, submitted, seconds, modified, without_twins(boxes))


def _result(content: Json, attribute: str) -> Json:
    # A customer's own template may give its one crowd-bounding-box another name.
    boxes = [key for key, value in content.items() if isinstance(value, dict) and "boundingBoxes" in value]
    return fields.mapping(content, boxes[0] if attribute not in content and len(boxes) == 1 else attribute)


def _boxes(
    drawn: list[Any], review: PlannedReview, classes: list[str], *, scored: bool = False
) -> tuple[tuple[Box, ...], list[Unusable]]:
    boxes: list[Box] = []
    problems: list[Unusable] = []
    for number, item in enumerate(drawn, start=1):
        code = "label"
        try:
            labelled = _labelled(item, classes)
            code = "shape"
            box = _box(item, review, labelled)
            boxes.append(replace(box, score=fields.optional_number(item, "score")) if scored else box)
        except RowError as error:
            problems.append(Unusable(code, f", box {number}: {error.message}"))
    return tuple(boxes), problems


def _labelled(item: Json, classes: list[str]) -> Box:
    label = fields.text(item, "label")
    if label not in classes:
        raise RowError(f"label {label!r} is not one of the loop's classes")
    return Box(classes.index(label), label, None, 0.0, 0.0, 0.0, 0.0)


def _box(item: Json, review: PlannedReview, labelled: Box) -> Box:
    left, top, width, height = (fields.number(item, key) for key in ("left", "top", "width", "height"))
    whole = replace(labelled, left=left, top=top, width=max(width, 0.0), height=max(height, 0.0))
    left, top, width, height = geometry.clip(to_array([whole]), review.width, review.height)[0].tolist()
    if not (width > 0 and height > 0):
        raise RowError(f"{labelled.label} at {whole.left:g}, {whole.top:g} has no area inside the image")
    return replace(labelled, left=left, top=top, width=width, height=height)


def _refused(message: str, review: PlannedReview, code: str | None = None) -> AnswerError:
    error = AnswerError(message, source=_source(review), image=review.image.uri)
    error.code = code or error.code
    return error


def _source(review: PlannedReview) -> str:
    return f"output of {review.review_name}"
