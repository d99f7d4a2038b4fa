"""Images that are shown to reviewers again: to settle a disagreement, or to measure reviewers on what is known."""

from collections.abc import Sequence

from nightloop.loop.answers import DISAGREEMENT, Answer
from nightloop.loop.jsonl import Json
from nightloop.loop.naming import human_loop_name
from nightloop.loop.predictions import Box
from nightloop.loop.selection import Budget, Effort, PlannedReview, Purpose, draw_number
from nightloop.loop.selection.budget import Spending


def tie_breaks(
    answers: Sequence[Answer],
    *,
    loop: str,
    agreement: float,
    planned: Sequence[PlannedReview],
    budget: Budget,
    effort: Effort,
) -> list[PlannedReview]:
    """Return the reviews that ask again where no answer could be used, or reviewers disagree, least agreed first.

    Reviewers disagree when they agree by less than ``agreement`` or decided nothing; with an ``agreement`` of 0 they
    are not followed by others. Each review is the same image's next ordinal and carries what was answered so far. An
    image is looked at again once only, and only as far as the night's budget reaches beyond what ``planned`` spent.
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
    """Return ``count`` reviews of images whose boxes past reviewers agreed on, drawn by seed and night.

    Known is what at least two reviewers drew with at least this ``agreement``, none of it rejected and something in it;
    of an image's answers the newest counts. They are shown what was shown then.
    """
    known: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda answer: answer.submitted):
        if answer.gold is None and answer.unusable is None:
            known[answer.image.uri] = answer
    usable = [answer for answer in known.values() if _is_gold(answer, agreement)]
    usable.sort(key=lambda answer: draw_number(seed, "gold", night, answer.image.uri))
    return [_gold(answer, loop, night, effort) for answer in usable[:count]]


def _is_gold(answer: Answer, agreement: float) -> bool:
    return len(answer.reviewers) > 1 and answer.agreement >= agreement and bool(answer.boxes) and not answer.rejected


def _tie_break(answer: Answer, loop: str, seconds: float) -> PlannedReview:
    name = human_loop_name(loop, answer.image.uri, answer.image.etag, answer.model, answer.purpose, answer.ordinal + 1)
    earlier = tuple(reviewer.to_json() for reviewer in answer.reviewers)
    return _again(answer, answer.purpose, name, seconds, ordinal=answer.ordinal + 1, earlier=earlier)


def _gold(answer: Answer, loop: str, night: str, effort: Effort) -> PlannedReview:
    # A night's own number: the same image may be known gold on many nights, each time another review.
    ordinal = int("".join(character for character in night if character.isdigit()) or 0)
    name = human_loop_name(loop, answer.image.uri, answer.image.etag, answer.model, "gold", ordinal)
    seconds = effort.reviewers * (effort.seconds + effort.seconds_per_object * len(answer.boxes))
    return _again(answer, "gold", name, seconds, ordinal=ordinal, gold=answer.boxes)


def _again(
    answer: Answer,
    purpose: Purpose,
    name: str,
    seconds: float,
    *,
    ordinal: int,
    gold: tuple[Box, ...] | None = None,
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
        loop_name=name,
        seconds=round(seconds, 3),
        gold=gold,
        ordinal=ordinal,
        earlier=earlier,
    )
