"""Waits for the reviewers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws import errors
from nightloop.aws.errors import NightIncompleteError, SetupError
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.links.worker_portal import WorkerPortalLink
from nightloop.aws.notifications.reviewers import Reminding, ReviewerNotices
from nightloop.aws.sensors.base import OpenReviewsSensor
from nightloop.aws.storage.layout import NightFiles
from nightloop.aws.storage.night_files import read_opened_reviews
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.domain.calendar.deadlines import next_time_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.human_loops.open_reviews import OpenReviews
    from nightloop.aws.results.reviews import EndedReviews
    from nightloop.domain.reviews.opened import OpenedReview


class ReviewsSensor(OpenReviewsSensor):
    """Wait until every review of the night has ended, or until the reviewers' deadline; both are success.

    The deadline is the first `answer_by` after `reviews.jsonl` was written, or a number of minutes after that, so a
    retry or a clear does not move it. Only in the triggerer does it listen to events.

    Returns counts of reviews completed, failed and still open.

    :param night: The night's folder (templated).
    :param flow_definition_arn: The flow definition of the reviews (templated).
    :param answer_within_minutes: How long the reviewers have (templated); if it is empty or None, `answer_by` counts.
    :param answer_by: The time of day of the deadline, as 07:30.
    :param deadline_timezone: The time zone of `answer_by`, as Europe/Berlin.
    :param events_queue_url: An SQS queue of A2I's events (templated), to hear at once that a review ended.
    :param poll_seconds: Pause between two looks at the reviews.
    :param notices: What reviewers are told, and over which channels.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :param deferrable: Wait in the triggerer, without a worker.
    """

    template_fields = aws_template_fields(
        "a2i_conn_id", "answer_within_minutes", "events_queue_url", "flow_definition_arn", "night"
    )

    def __init__(
        self,
        *,
        night: str,
        answer_within_minutes: float | str | None = None,
        answer_by: str | None = None,
        deadline_timezone: str = "UTC",
        events_queue_url: str | None = None,
        notices: ReviewerNotices | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.night = night
        self.answer_within_minutes = answer_within_minutes
        self.answer_by = answer_by
        self.deadline_timezone = deadline_timezone
        self.events_queue_url = events_queue_url
        self.notices = notices

    def meanwhile(self, reviews: OpenReviews) -> None:
        """Remind the reviewers."""
        if self._reminding is not None:
            self._reminding.tell(reviews.open, datetime.now(UTC))

    def reviews_to_follow(self) -> Iterable[OpenedReview]:
        """Return the reviews the night opened."""
        return read_opened_reviews(self.store, self._files)

    def deadline_of_reviews(self) -> datetime:
        """Count from when the reviews were opened, or take the next `answer_by` after that."""
        opened = self._opened()
        if self.answer_within_minutes not in {None, ""}:
            return opened + timedelta(minutes=float(str(self.answer_within_minutes)))
        if self.answer_by is None:
            raise SetupError(f"{self.task_id} has no deadline: give it answer_by or answer_within_minutes.")
        zone = ZoneInfo(self.deadline_timezone)
        return next_time_of_day(opened, time.fromisoformat(self.answer_by), zone)

    def trigger(self, deadline: datetime) -> HumanLoopsTrigger:
        """Make the trigger of the night, which listens to events and reminds the reviewers too."""
        return HumanLoopsTrigger(
            loops_uri=self._files.reviews,
            deadline=deadline.isoformat(),
            events_queue_url=self.events_queue_url,
            notices=None if self.notices is None else self._notices_to_json(self.notices),
            **self.trigger_arguments,
        )

    def ended(self, counts: EndedReviews) -> EndedReviews:
        """Say what happens to reviews that are still open."""
        if counts["open"]:
            self.log.warning("The deadline has come; %s reviews are open and join a later night.", counts["open"])
        return super().ended(counts)

    @cached_property
    def _reminding(self) -> Reminding | None:
        if self.notices is None:
            return None
        given = self._notices_to_json(self.notices)
        return Reminding(
            self.notices,
            self.store,
            folder=given["folder"],
            night=given["night"],
            opened=self._opened(),
            deadline=self.deadline_of_reviews(),
            portal=given["portal"],
        )

    def _notices_to_json(self, notices: ReviewerNotices) -> dict[str, Any]:
        return {
            "settings": notices.to_json(),
            "folder": self._files.notices,
            "night": self._files.date,
            "opened": self._opened().isoformat(),
            "portal": self._portal(notices.workteam_arn),
        }

    def _portal(self, workteam_arn: str) -> str | None:
        try:
            return WorkerPortalLink.address(ReviewFlowHook(self.a2i_conn_id, **self.client_arguments), workteam_arn)
        except errors.NightloopError as error:
            self.log.warning("Reviewers are told without the portal's address: %s", error)
            return None

    def _opened(self) -> datetime:
        written = self.store.describe(self._files.reviews)
        if written is None:
            reviews = self._files.reviews
            raise NightIncompleteError(f"{reviews} is not there. Clear open_reviews and the tasks after it.")
        return written.modified

    @property
    def _files(self) -> NightFiles:
        return NightFiles(self.night)
