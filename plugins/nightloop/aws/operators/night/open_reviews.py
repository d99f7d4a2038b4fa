"""Asks people: opens one review for each planned image, or finds it already open."""

from __future__ import annotations

import threading
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.errors import QuotaError, RequestRefusedError, ReviewConflictError, ReviewsNotOpenedError
from nightloop.aws.hooks.paced_a2i import PacedA2IHook
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.human_loops.postponed import PostponedReviews
from nightloop.aws.links.worker_portal import WorkerPortalLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.results.given import Given, is_true
from nightloop.aws.storage.failure_limits import check_share
from nightloop.aws.storage.night_files import iterate_opened_reviews, iterate_planned_reviews
from nightloop.config import Limits
from nightloop.domain.reviews.opened import OpenedReview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow.sdk import Context

    from nightloop.aws.results.night import OpenedNight
    from nightloop.domain.detection.selection import PlannedReview


class OpenReviewsOperator(NightOperator):
    """Open every planned review and write down what happened to it, once.

    A review that an earlier try opened is adopted: its name says what is reviewed, so it is the same review. A review
    that the service refuses is recorded with its error, and the night goes on unless too many were refused. When a
    quota is used up, no more are opened tonight, and the rest is postponed to the next night's plan.

    Returns the flow definition's ARN and counts of reviews opened, adopted, refused and postponed.

    :param flow_definition_name: The flow definition, from `FlowSettings.name`.
    :param workteam_arn: The work team, for the link to its portal.
    :param classes: The loop's classes: the labels reviewers choose from.
    :param initial_box_score: Boxes of the model from this score on are drawn for the reviewer.
    :param limits: What share of the reviews may be refused.
    :param concurrency: How many reviews are opened at once; the rate itself follows what the service allows.
    :param plan_only: Open nothing and skip the tasks after this one (templated).
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    """

    template_fields = aws_template_fields("a2i_conn_id", "flow_definition_name", "night", "plan_only")
    operator_extra_links = (WorkerPortalLink(),)

    def __init__(
        self,
        *,
        flow_definition_name: str,
        workteam_arn: str,
        classes: tuple[str, ...],
        initial_box_score: float = 0.3,
        limits: Limits | None = None,
        plan_only: Given[bool | str] = False,
        concurrency: int = 16,
        a2i_conn_id: str | None = "a2i_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.flow_definition_name = flow_definition_name
        self.workteam_arn = workteam_arn
        self.classes = classes
        self.initial_box_score = initial_box_score
        self.limits = limits or Limits()
        self.plan_only = plan_only
        self.concurrency = concurrency
        self.quota_used_up = threading.Event()
        self.a2i_conn_id = a2i_conn_id

    @cached_property
    def a2i(self) -> PacedA2IHook:
        """The reviews."""
        return PacedA2IHook(self.a2i_conn_id, **self.client_arguments)

    def execute(self, context: Context) -> OpenedNight:
        """Open or adopt all reviews."""
        if is_true(self.plan_only):
            raise AirflowSkipException(
                "A dry run asks nobody; what it would ask and cost is in the log of plan_reviews."
            )
        hook = ReviewFlowHook(self.a2i_conn_id, **self.client_arguments)
        asked = any(True for _ in iterate_planned_reviews(self.store, self.files))
        arn = hook.flow_definition_arn(self.flow_definition_name) if asked else None
        if self.store.describe(self.files.reviews) is None:
            self._open_all(str(arn))
        else:
            self.log.info("The reviews of this night were opened before; they are kept.")
        if asked:
            WorkerPortalLink.persist_for(context, self, hook, self.workteam_arn)
        outcomes = Counter(loop.outcome for loop in iterate_opened_reviews(self.store, self.files))
        if outcomes["postponed"]:
            self._hand_on()
        self.log.info("Human loops: %s", dict(outcomes) or "none")
        return {
            "flow_definition_arn": arn,
            "opened": outcomes["opened"],
            "adopted": outcomes["adopted"],
            "refused": outcomes["failed"],
            "postponed": outcomes["postponed"],
        }

    def _hand_on(self) -> None:
        loops = iterate_opened_reviews(self.store, self.files)
        postponed = {loop.review_name for loop in loops if loop.outcome == "postponed"}
        self.log.warning("%s reviews wait for the next night: a quota is used up.", len(postponed))
        reviews = (
            review for review in iterate_planned_reviews(self.store, self.files) if review.review_name in postponed
        )
        PostponedReviews(self.store, self.files.loop, self.files.date).hand_on(reviews)

    def _open_all(self, arn: str) -> None:
        from nightloop.domain.rows.jsonl import dump_rows

        reviews = iterate_planned_reviews(self.store, self.files)
        loops = lifecycle.in_bulk(self.a2i, lambda review: self._open(review, arn), reviews, threads=self.concurrency)
        self.store.write_lines_once(self.files.reviews, dump_rows(self._checked(loops)))

    def _checked(self, loops: Iterable[OpenedReview]) -> Iterator[OpenedReview]:
        """Pass the reviews on and log those that were refused; raise at the end if those were too many."""
        count, refused, first = 0, 0, ""
        for loop in loops:
            count += 1
            if loop.outcome == "failed":
                refused += 1
                first = first or str(loop.error)
                self.log.warning("%s: %s", loop.review_name, loop.error)
            yield loop
        if count and refused == count:
            raise ReviewsNotOpenedError(f"None of the {count} reviews could be opened; the first: {first}")
        check_share(
            refused,
            count,
            limit=self.limits.max_unopened_share,
            few=self.limits.few,
            what="reviews were refused",
            setting="limits.max_unopened_share",
            example=first,
        )

    def _open(self, review: PlannedReview, arn: str) -> OpenedReview:
        from nightloop.domain.detection.selection import input_content

        name = review.review_name
        loop = lifecycle.adopt(self.a2i, name)
        if loop is not None:
            return loop
        if self.quota_used_up.is_set():
            return OpenedReview(name, "postponed", error="Quota: used up by the reviews opened before")
        content = input_content(review, self.classes, self.initial_box_score)
        try:
            return lifecycle.start(self.a2i, name, arn, content)
        except QuotaError as error:
            self.quota_used_up.set()
            return OpenedReview(name, "postponed", error=error.line)
        except (ReviewConflictError, RequestRefusedError) as error:
            return OpenedReview(name, "failed", error=error.line)
