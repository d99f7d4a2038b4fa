"""Reviews of images that were reviewed before: tie-breaks that settle, and gold images that measure reviewers."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from nightloop.domain.detection.answers import DISAGREEMENT, Answer
from nightloop.domain.detection.answers.consensus import merge
from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.detection.reviewers.gold_comparison import differs, is_stamp
from nightloop.domain.detection.selection import Effort, PlannedReview, Purpose
from nightloop.domain.identity.naming import human_loop_name
from nightloop.domain.rows.jsonl import Json
from nightloop.domain.selection.budget import Budget, Spending
from nightloop.domain.selection.draw import draw_number


def tie_breaks(
    answers: Sequence[Answer],
    *,
    loop: str,
    agreement: float,
    planned: Iterable[PlannedReview],
    budget: Budget,
    effort: Effort,
) -> list[PlannedReview]:
    """Return the reviews that ask again: no answer could be used, or reviewers disagree; least agreed first.

    Reviewers disagree if they agree by less than `agreement` or decided nothing; with an `agreement` of 0, their
    disagreement gets no tie-break. Each review has the same image's next ordinal and carries the answers so far. An
    image gets one tie-break only, and only as far as the night's budget reaches beyond what `planned` spent.
    """
    spending = Spending(budget)
    for review in planned:
        if review.is_reviewed:
            spending.spend(review.seconds or 0.0)
    first = [answer for answer in answers if answer.ordinal == 0 and answer.gold is None]
    chosen = []
    for answer in sorted(first, key=lambda answer: (answer.agreement, answer.image.uri)):
        boxes = max((len(reviewer.boxes) for reviewer in answer.reviewers), default=0)
        seconds = effort.reviewers * (effort.seconds + effort.seconds_per_object * boxes)
        if _is_open(answer, agreement) and spending.spend(seconds) is None:
            chosen.append(_tie_break(answer, loop, seconds))
    return chosen


def _is_open(answer: Answer, agreement: float) -> bool:
    if answer.unusable is not None and answer.unusable.code != DISAGREEMENT:
        return True
    settled = answer.unusable is None and answer.agreement >= agreement
    return len(answer.reviewers) > 1 and agreement > 0 and not settled


def gold_reviews(
    answers: Sequence[Answer], *, loop: str, night: str, count: int, agreement: float, effort: Effort, seed: int
) -> list[PlannedReview]:
    """Return `count` reviews of gold images, whose boxes past reviewers agreed on, drawn by seed and night.

    An image is gold if at least two named reviewers drew objects in it with at least this `agreement`, no answer was
    left out, and the objects differ from what they were shown. Reviewers who sent that back as it was speak neither for
    it nor against it: people who look at nothing agree perfectly with each other. Of an image's answers the newest
    counts. The reviewers are shown what was shown then, and those who made an image gold are named with it.
    """
    known: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda answer: answer.submitted):
        if answer.gold is None:
            known[answer.image.uri] = answer
    drawn = sorted(known.values(), key=lambda answer: draw_number(seed, "gold", night, answer.image.uri))
    usable = ((answer, found) for answer in drawn if (found := _agreed(answer, agreement)) is not None)
    return [_gold(answer, found, loop, night, effort) for answer, found in islice(usable, count)]


class _Known(NamedTuple):
    boxes: tuple[Box, ...]
    makers: tuple[str, ...]


def _agreed(answer: Answer, agreement: float) -> _Known | None:
    if answer.shown is None or answer.left_out:
        return None
    changers = [reviewer for reviewer in answer.reviewers if not is_stamp(reviewer, answer.shown)]
    makers = {reviewer.reviewer for reviewer in changers if reviewer.reviewer is not None}
    if len(makers) < max(len(changers), 2):
        return None
    found = merge([reviewer.boxes for reviewer in changers])
    if found.agreement < agreement or not found.boxes or not differs(answer.shown, found.boxes):
        return None
    return _Known(found.boxes, tuple(sorted(makers)))


def _tie_break(answer: Answer, loop: str, seconds: float) -> PlannedReview:
    name = human_loop_name(loop, answer.image.uri, answer.image.etag, answer.model, answer.purpose, answer.ordinal + 1)
    earlier = tuple(reviewer.to_json() for reviewer in answer.reviewers)
    return _again(answer, answer.purpose, name, seconds, ordinal=answer.ordinal + 1, earlier=earlier)


def _gold(answer: Answer, known: _Known, loop: str, night: str, effort: Effort) -> PlannedReview:
    # A night's own number: the same image may be gold on many nights, each time another review.
    ordinal = int("".join(character for character in night if character.isdigit()) or 0)
    name = human_loop_name(loop, answer.image.uri, answer.image.etag, answer.model, "gold", ordinal)
    seconds = effort.reviewers * (effort.seconds + effort.seconds_per_object * len(known.boxes))
    return _again(answer, "gold", name, seconds, ordinal=ordinal, gold=known.boxes, gold_by=known.makers)


def _again(
    answer: Answer,
    purpose: Purpose,
    name: str,
    seconds: float,
    *,
    ordinal: int,
    gold: tuple[Box, ...] | None = None,
    gold_by: tuple[str, ...] = (),
    earlier: tuple[Json, ...] = (),
) -> PlannedReview:
    boxes = answer.shown or ()
    return PlannedReview(
        image=answer.image,
        purpose=purpose,
        audit_drawn=answer.audit_drawn and purpose != "gold",
        model=answer.model,
        best_score=max((box.score for box in boxes if box.score is not None), default=None),
        width=answer.width,
        height=answer.height,
        boxes=boxes,
        review_name=name,
        seconds=round(seconds, 3),
        gold=gold,
        gold_by=gold_by,
        ordinal=ordinal,
        earlier=earlier,
    )
