"""Fetches what the reviewers answered, also to earlier nights' reviews, each exactly once."""

from __future__ import annotations

import json
from collections import Counter
from functools import cached_property
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.clients.throttle import repeated
from nightloop.aws.errors import NightChangedError, ObjectMissingError
from nightloop.aws.history.reviewer_records import read_records
from nightloop.aws.hooks.paced_a2i import PacedA2IHook
from nightloop.aws.human_loops.giving_up import GivingUp
from nightloop.aws.human_loops.late_answers import LateReviews
from nightloop.aws.human_loops.output_reader import ReviewOutputs
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.failure_limits import check_share
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.night_files import iterate_lines, iterate_opened_reviews, iterate_planned_reviews
from nightloop.config import Limits
from nightloop.domain.reviews.outcome import ReviewOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow.sdk import Context

    from nightloop.aws.results.night import CollectedAnswers
    from nightloop.domain.detection.answers import Answer
    from nightloop.domain.detection.selection import PlannedReview


class CollectAnswersOperator(NightOperator):
    """Write down how each review ended, then what was answered; both once.

    A review that is still open is handed on: the first later night that finds it answered takes the answer, and a night
    that finds it open for too many nights stops it. An unusable answer is kept with its reason and says nothing about
    its image. Only too many of them fail the night.

    Returns counts and the address of the answers; `answers` counts the reviewers' answers that can be used.

    :param loop_folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    :param classes: The loop's classes.
    :param give_up_after_nights: How many nights later than its own a review may still be answered.
    :param limits: What share of the ended reviews may be without a usable answer.
    :param min_seconds: The least time an answer takes; a faster one is not learned from unless somebody confirms it.
    :param concurrency: How many reviews are asked for at once.
    :param output_patience_seconds: How long to wait for outputs that come later than their human loops' status.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    """

    template_fields = aws_template_fields("a2i_conn_id", "loop_folder", "night")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop_folder: str,
        classes: tuple[str, ...],
        give_up_after_nights: int = 3,
        limits: Limits | None = None,
        min_seconds: float = 1.0,
        concurrency: int = 16,
        output_patience_seconds: float = 30,
        a2i_conn_id: str | None = "a2i_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loop_folder = loop_folder
        self.classes = classes
        self.give_up_after_nights = give_up_after_nights
        self.limits = limits or Limits()
        self.min_seconds = min_seconds
        self.concurrency = concurrency
        self.output_patience_seconds = output_patience_seconds
        self.a2i_conn_id = a2i_conn_id

    @cached_property
    def a2i(self) -> PacedA2IHook:
        """The reviews."""
        return PacedA2IHook(self.a2i_conn_id, **self.client_arguments)

    @cached_property
    def outputs(self) -> ReviewOutputs:
        """The reviewers' output.json."""
        return ReviewOutputs(self.store, self.output_patience_seconds)

    def execute(self, context: Context) -> CollectedAnswers:
        """Collect, or find what was collected."""
        from nightloop.domain.rows.jsonl import dump_rows

        # The clients are made here, in the task's own thread: making one asks Airflow for the connection.
        _ = self.a2i.client, self.store.client, self.outputs
        late = LateReviews(self.store, LoopFiles(self.loop_folder), self.files.date, threads=self.concurrency)
        if self.store.describe(self.files.outcomes) is None:
            self.store.write_lines_once(self.files.outcomes, dump_rows(chain(self._own(), self._earlier(late))))
        late.hand_on([review for outcome, review in self._own_reviews() if outcome.is_open])
        if self.store.describe(self.files.answers) is None:
            self.store.write_lines_once(self.files.answers, dump_rows(self._answers(late)))
        else:
            self.log.info("The answers of this night were collected before; they are kept.")
        answers = sum(bool(row["reviewers"]) for row in iterate_lines(self.store, self.files.answers))
        late.settle([outcome.review_name for outcome in self._outcomes() if outcome.night != self.files.date])
        S3OutputLink.persist_for(context, self, self.files.answers)
        counts = Counter(outcome.status for outcome in self._outcomes())
        self.log.info("Human loops: %s", dict(counts) or "none")
        return cast("CollectedAnswers", {"uri": self.files.answers, "answers": answers, **counts})

    def _own(self) -> Iterator[ReviewOutcome]:
        """Look at the night's own reviews, in the order of the plan."""
        loops = iterate_opened_reviews(self.store, self.files)
        return self._describe((loop.review_name, self.files.date) for loop in loops if loop.is_there)

    def _earlier(self, late: LateReviews) -> list[ReviewOutcome]:
        """Look at the reviews that earlier nights left open; take those that have ended and that no other night has."""
        giving_up = GivingUp(self.a2i, late, self.give_up_after_nights)

        def take(loop: tuple[str, str]) -> ReviewOutcome | None:
            outcome = giving_up.look(self._look(loop))
            return outcome if not outcome.is_open and late.take(outcome.review_name) else None

        taken = map_in_order(take, sorted(late.waiting().items()), threads=self.concurrency, name="late")
        return [outcome for outcome in taken if outcome is not None]

    def _describe(self, loops: Iterable[tuple[str, str]]) -> Iterator[ReviewOutcome]:
        return map_in_order(self._look, loops, threads=self.concurrency, name="reviews")

    def _look(self, loop: tuple[str, str]) -> ReviewOutcome:
        name, night = loop
        return self.outputs.settled(ReviewOutcome.of(name, night, repeated(lambda: self.a2i.describe_human_loop(name))))

    def _outcomes(self) -> Iterator[ReviewOutcome]:
        return (ReviewOutcome.from_json(line) for line in iterate_lines(self.store, self.files.outcomes))

    def _own_reviews(self) -> Iterator[tuple[ReviewOutcome, PlannedReview]]:
        """Pair the outcomes of the night's own reviews with what was asked; both files are in the order of the plan."""
        reviews = iterate_planned_reviews(self.store, self.files)
        for outcome in self._outcomes():
            if outcome.night == self.files.date:
                review = next((review for review in reviews if review.review_name == outcome.review_name), None)
                if review is None:
                    raise NightChangedError(
                        f"{self.files.outcomes}: review {outcome.review_name} is not where {self.files.plan} has it. "
                        "Delete outcomes.jsonl and what was written after it, and clear this task."
                    )
                yield outcome, review

    def _answers(self, late: LateReviews) -> Iterator[Answer]:
        """Read all answers, by image: the plan is in that order already, and late answers are merged in.

        At the end, check how many reviews ended without an answer. A review that nobody came to, or that was stopped,
        is no failure.
        """
        self.weigh = read_records(self.store, self.files.loop, self.files.date).weigh
        unusable = _Unusable()
        yield from merge(
            self._own_answers(unusable), sorted(self._late_answers(late, unusable), key=_place), key=_place
        )
        unusable.check(self.limits)

    def _own_answers(self, unusable: _Unusable) -> Iterator[Answer]:
        def read(pair: tuple[ReviewOutcome, PlannedReview]) -> tuple[ReviewOutcome, Answer | None]:
            return pair[0], self._answer(*pair)

        found = map_in_order(read, self._own_reviews(), threads=self.concurrency, name="answers")
        yield from self._counted(found, unusable)

    def _late_answers(self, late: LateReviews, unusable: _Unusable) -> Iterator[Answer]:
        """Read late answers; if a tie-break ended without one, take the earlier answers."""
        from nightloop.domain.detection.answers import earlier_answer

        def read(outcome: ReviewOutcome) -> tuple[ReviewOutcome, Answer | None]:
            review = late.review(outcome.review_name)
            answer = self._answer(outcome, review)
            usable = answer is not None and bool(answer.reviewers)
            return outcome, answer if usable else earlier_answer(review, self.weigh) or answer

        ended = (each for each in self._outcomes() if each.night != self.files.date and not each.is_open)
        found = map_in_order(read, ended, threads=self.concurrency, name="answers")
        yield from self._counted(found, unusable)

    @staticmethod
    def _counted(found: Iterable[tuple[ReviewOutcome, Answer | None]], unusable: _Unusable) -> Iterator[Answer]:
        for outcome, answer in found:
            unusable.count(outcome, answer)
            if answer is not None:
                yield answer

    def _answer(self, outcome: ReviewOutcome, review: PlannedReview) -> Answer | None:
        from nightloop.domain.detection.answers import Answer, Unusable, parse_output
        from nightloop.domain.errors import AnswerError

        if not outcome.may_hold_answer:
            return None
        try:
            output = json.loads(self.outputs.read(str(outcome.output)))
            return parse_output(output, review, self.classes, weigh=self.weigh, min_seconds=self.min_seconds)
        except AnswerError as error:
            problem = Unusable(error.code, error.message)
        except ObjectMissingError as error:
            problem = Unusable("no-output", str(error))
        except ValueError as error:
            problem = Unusable("unreadable", f"{outcome.output} is not JSON: {error}")
        self.log.warning("%s has no usable answer: %s", outcome.review_name, problem.reason)
        # A person who stops a review before anyone has answered wants no answer.
        unanswered = outcome.status == "Stopped" and problem.code in {"no-answer", "no-output"}
        return None if unanswered else Answer.refused(review, problem)


class _Unusable:
    """Counts the ended reviews that should have an answer but have none."""

    def __init__(self) -> None:
        self._expected = 0
        self._missing = 0
        self._example = ""

    def count(self, outcome: ReviewOutcome, answer: Answer | None) -> None:
        """Take in one ended review."""
        if not outcome.should_hold_answer:
            return
        self._expected += 1
        if answer is None or not answer.reviewers:
            self._missing += 1
            self._example = self._example or f"{outcome.review_name} is {outcome.status} {outcome.failure_reason or ''}"

    def check(self, limits: Limits) -> None:
        """Raise what `check_share` raises if they are too many."""
        check_share(
            self._missing,
            self._expected,
            limit=limits.max_unusable_share,
            few=limits.few,
            what="ended reviews have no usable answer",
            setting="limits.max_unusable_share",
            example=self._example,
        )


def _place(answer: Answer) -> tuple[str, str]:
    return answer.image.uri, answer.review_name
