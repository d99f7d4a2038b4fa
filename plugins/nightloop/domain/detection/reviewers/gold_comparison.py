"""How the objects that a reviewer drew compare with those of a gold image."""

from collections.abc import Sequence
from typing import NamedTuple

from nightloop.domain.detection.answers import Answer, ReviewerAnswer
from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.reviewers.records import ReviewerRecord, ReviewerRecords

SAME_OBJECT_IOU = 0.5
UNTOUCHED_IOU = 0.95
"""A box that overlaps the one that was shown by this much was not corrected, though it may have been nudged."""


def reviewer_records(answers: Sequence[Answer]) -> list[ReviewerRecord]:
    """Return what a night's answers show about each reviewer, sorted by pseudonym.

    The answer of a tie-break counts only for those who had not answered before: the earlier night counted the others.
    Answers without worker id show nothing.
    """
    rows_ = [_record(answer, reviewer) for answer in answers for reviewer in answer.new_reviewers if reviewer.reviewer]
    return list(ReviewerRecords(rows_))


class Comparison(NamedTuple):
    """How the objects of an answer compare with those of a gold image."""

    right: int
    missed: int
    made_up: int
    mislabelled: int


def compare(drawn: Sequence[Box], truth: Sequence[Box]) -> Comparison:
    """Count the objects of an answer to a gold image.

    Each drawn box is paired with at most one true one, by an IoU of at least 0.5, those of the same class first, then
    the closest. A pair of one class is right, a pair of two classes is mislabelled. A true box without partner was
    missed, a drawn one was made up.
    """
    overlap = geometry.iou(to_array(drawn), to_array(truth))
    pairs = [(i, j) for i in range(len(drawn)) for j in range(len(truth)) if overlap[i, j] >= SAME_OBJECT_IOU]
    pairs.sort(key=lambda pair: (drawn[pair[0]].class_id != truth[pair[1]].class_id, -overlap[pair], pair))
    free_drawn, free_true = set(range(len(drawn))), set(range(len(truth)))
    right = mislabelled = 0
    for i, j in pairs:
        if i in free_drawn and j in free_true:
            free_drawn.remove(i)
            free_true.remove(j)
            same = drawn[i].class_id == truth[j].class_id
            right, mislabelled = right + same, mislabelled + (not same)
    return Comparison(right, len(free_true), len(free_drawn), mislabelled)


def differs(drawn: Sequence[Box], known: Sequence[Box]) -> bool:
    """Whether an object was missed, made up or mislabelled."""
    return any(compare(drawn, known)[1:])


def is_stamp(reviewer: ReviewerAnswer, shown: Sequence[Box]) -> bool:
    """Whether a reviewer sent back what they were shown, at most moved slightly (an IoU of at least 0.95 each)."""
    if reviewer.modified is False:
        return True
    if len(reviewer.boxes) != len(shown):
        return False
    overlap = geometry.iou(to_array(reviewer.boxes), to_array(shown))
    return all(
        any(overlap[i, j] >= UNTOUCHED_IOU and box.class_id == other.class_id for j, other in enumerate(shown))
        for i, box in enumerate(reviewer.boxes)
    )


def _record(answer: Answer, reviewer: ReviewerAnswer) -> ReviewerRecord:
    name, seconds = str(reviewer.reviewer), reviewer.seconds or 0.0
    # A reviewer who helped to make a gold image would be measured by themselves. If nobody is named, it may be anyone.
    if answer.gold is None or not answer.gold_by or name in answer.gold_by:
        return ReviewerRecord(name, reviews=1, seconds=seconds)
    counts = compare(reviewer.boxes, answer.gold)
    right, known, drawn = counts.right, len(answer.gold), len(reviewer.boxes)
    correctable = answer.shown is not None and differs(answer.shown, answer.gold)
    stamped = correctable and is_stamp(reviewer, answer.shown or ())
    sound = right / sum(counts) if any(counts) else 1.0
    return ReviewerRecord(
        name,
        1,
        seconds,
        1,
        *counts,
        correctable=int(correctable),
        stamped=int(stamped),
        drew=int(drawn > 0),
        sound=sound,
        sound_squares=sound**2,
        found=right / known if known else 1.0,
        precise=right / drawn if drawn else 0.0,
    )
