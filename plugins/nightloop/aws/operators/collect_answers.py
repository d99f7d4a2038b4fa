"""Fetches what the reviewers answered, also to earlier nights' reviews, each exactly once."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.giving_up import GivingUp
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.late import LateReviews
from nightloop.aws.layout import LoopFiles
from nightloop.aws.limits import check_share
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.operators.rows import read_lines, read_loops, read_plan
from nightloop.aws.outputs import ReviewOutputs
from nightloop.aws.records import read_records
from nightloop.aws.reviews import LoopOutcome
from nightloop.config import Limits

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.loop.answers import Answer
    from nightloop.loop.selection import PlannedReview


class CollectAnswersOperator(NightOperator):
    """Write down how each human loop ended, then what was answered; both once.

    A review still open is handed on: the first later night that finds it answered takes the answer, and one that finds
    it open for too many nights stops it. What a loop's output cannot be read from is counted and logged; only too many
    of those fail the night.

    Returns counts and the address of the answers.

    :param loop_folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    :param classes: The loop's classes.
    :param give_up_after_nights: How many nights later than its own a review may still be answered.
    :param limits: What share of the ended reviews may be without a usable answer.
    :param concurrency: How many loops are asked for at once.
    :param output_patience_seconds: How long to wait for outputs that come after the status of their loops.
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
        concurrency: int = 4,
        output_patience_seconds: float = 30,
        a2i_conn_id: str | None = "a2i_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loop_folder = loop_folder
        self.classes = classes
        self.give_up_after_nights = give_up_after_nights
        self.limits = limits or Limits()
        self.concurrency = concurrency
        self.output_patience_seconds = output_patience_seconds
        self.a2i_conn_id = a2i_conn_id

    @cached_property
    def a2i(self) -> A2IHook:
        """The reviews."""
        return A2IHook(self.a2i_conn_id, **self.client_arguments)

    @cached_property
    def outputs(self) -> ReviewOutputs:
        """The reviewers' output.json."""
        return ReviewOutputs(self.store, self.output_patience_seconds)

    def execute(self, context: Context) -> dict[str, Any]:
        """Collect, or find what was collected."""
        from nightloop.loop.jsonl import dumps_lines

        late = LateReviews(self.store, LoopFiles(self.loop_folder), self.files.date)
        outcomes = self._outcomes(late)
        answers = self.store.read_if_there(self.files.answers)
        if answers is None:
            answers = self.store.write_once(self.files.answers, dumps_lines(self._answers(outcomes, late)))
        else:
            self.log.info("The answers of this night were collected before; they are kept.")
        late.settle([outcome.loop_name for outcome in outcomes if outcome.night != self.files.date])
        S3OutputLink.persist_for(context, self, self.files.answers)
        counts = Counter(outcome.status for outcome in outcomes)
        self.log.info("Human loops: %s", dict(counts) or "none")
        return {"uri": self.files.answers, "answers": answers.count(b"\n"), **counts}

    def _outcomes(self, late: LateReviews) -> list[LoopOutcome]:
        from nightloop.loop.jsonl import dumps_lines

        if self.store.describe(self.files.outcomes) is None:
            outcomes = sorted([*self._own(), *self._earlier(late)], key=lambda outcome: outcome.loop_name)
            self.store.write_once(self.files.outcomes, dumps_lines(outcomes))
        stored = [LoopOutcome.from_json(line) for line in read_lines(self.store, self.files.outcomes)]
        still_open = {outcome.loop_name for outcome in stored if outcome.is_open}
        late.hand_on([review for review in self._reviews() if review.loop_name in still_open])
        return stored

    def _own(self) -> list[LoopOutcome]:
        names = [loop.loop_name for loop in read_loops(self.store, self.files) if loop.is_there]
        return self._describe(dict.fromkeys(names, self.files.date))

    def _earlier(self, late: LateReviews) -> list[LoopOutcome]:
        giving_up = GivingUp(self.a2i, late, self.give_up_after_nights)
        seen = [giving_up.look(outcome) for outcome in self._describe(late.waiting())]
        return [outcome for outcome in seen if not outcome.is_open and late.claim(outcome.loop_name)]

    def _describe(self, nights: dict[str, str]) -> list[LoopOutcome]:
        # Made here, in the task's own thread: making a client asks Airflow for the connection.
        _ = self.a2i.client, self.store.client, self.outputs
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="loops") as pool:
            described = pool.map(self.a2i.describe_human_loop, nights)
            outcomes = [LoopOutcome.of(name, nights[name], loop) for name, loop in zip(nights, described, strict=True)]
            return list(pool.map(self.outputs.settled, outcomes))

    def _reviews(self) -> list[PlannedReview]:
        return [review for review in read_plan(self.store, self.files) if review.is_reviewed]

    def _answers(self, outcomes: list[LoopOutcome], late: LateReviews) -> list[Answer]:
        self.weigh = read_records(self.store, self.files.loop, self.files.date).weigh
        reviews = {review.loop_name: review for review in self._reviews()}
        answered = [outcome for outcome in outcomes if outcome.may_hold_answer]
        for outcome in answered:
            if outcome.night != self.files.date:
                reviews[outcome.loop_name] = late.review(outcome.loop_name)
        _ = self.store.client, self.outputs
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="answers") as pool:
            found = pool.map(lambda outcome: self._answer(outcome, reviews[outcome.loop_name]), answered)
            answers = [answer for answer in found if answer is not None]
        answers += self._unsettled(outcomes, {answer.loop_name for answer in answers}, late)
        self._check_limit(outcomes, answers)
        return sorted(answers, key=lambda answer: (answer.image.uri, answer.loop_name))

    def _unsettled(self, outcomes: list[LoopOutcome], answered: set[str], late: LateReviews) -> list[Answer]:
        """Take what earlier reviewers answered where the review that was to settle it ended without an answer."""
        from nightloop.loop.answers import earlier_answer

        names = [outcome.loop_name for outcome in outcomes if outcome.night != self.files.date and not outcome.is_open]
        found = [earlier_answer(late.review(name), self.weigh) for name in names if name not in answered]
        return [answer for answer in found if answer is not None]

    def _check_limit(self, outcomes: list[LoopOutcome], answers: list[Answer]) -> None:
        """Count what ended without an answer; that nobody came, or that a review was stopped, is no failure."""
        answered = {answer.loop_name for answer in answers}
        expected = [outcome for outcome in outcomes if outcome.should_hold_answer]
        missing = [outcome for outcome in expected if outcome.loop_name not in answered]
        check_share(
            len(missing),
            len(expected),
            limit=self.limits.max_unusable_share,
            few=self.limits.few,
            what="ended reviews have no usable answer",
            setting="limits.max_unusable_share",
            example=f"{missing[0].loop_name} is {missing[0].status} {missing[0].failure_reason or ''}"
            if missing
            else "",
        )

    def _answer(self, outcome: LoopOutcome, review: PlannedReview) -> Answer | None:
        from nightloop.loop.answers import parse_output
        from nightloop.loop.errors import AnswerError

        try:
            output = json.loads(self.outputs.read(str(outcome.output)))
            return parse_output(output, review, self.classes, weigh=self.weigh)
        except (AnswerError, ObjectMissingError, ValueError) as error:
            self.log.warning("%s has no usable answer: %s", outcome.loop_name, error)
            return None
