"""Waits for the reviewers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.sensors.base_aws import AwsBaseSensor
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws import errors
from nightloop.aws.errors import NightIncompleteError, SetupError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.layout import NightFiles
from nightloop.aws.links.worker_portal import WorkerPortalLink
from nightloop.aws.notices.reviewers import Reminding, ReviewerNotices
from nightloop.aws.operators.rows import read_loops
from nightloop.aws.reviews import OpenReviews
from nightloop.aws.store import NightStore
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.loop.deadlines import next_time_of_day

if TYPE_CHECKING:
    from airflow.sdk import Context


class HumanLoopsSensor(AwsBaseSensor[S3Hook]):
    """Wait until every review of the night has ended, or until the reviewers' deadline; both are success.

    The deadline is the first `answer_by` after `loops.jsonl` was written, or so many minutes after that, so a retry or
    a clear does not move it. Without deferral nothing listens to events.

    Returns counts of loops completed, failed and still open.

    :param night: The night's folder (templated).
    :param flow_definition_arn: The flow definition the loops belong to (templated).
    :param answer_within_minutes: How long the reviewers have (templated); empty or None: `answer_by` counts.
    :param answer_by: The time of day of the deadline, as 07:30.
    :param deadline_timezone: Whose clock that is, as Europe/Berlin.
    :param events_queue_url: An SQS queue of A2I's events (templated), to hear at once that a review ended.
    :param poll_seconds: Pause between two looks at the reviews.
    :param notices: What reviewers are told, and over which channels.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :param deferrable: Wait in the triggerer, without a worker.
    """

    aws_hook_class = S3Hook
    template_fields = aws_template_fields(
        "a2i_conn_id", "answer_within_minutes", "events_queue_url", "flow_definition_arn", "night"
    )
    ui_color = "#f7f0e0"

    def __init__(
        self,
        *,
        night: str,
        flow_definition_arn: str,
        answer_within_minutes: float | str | None = None,
        answer_by: str | None = None,
        deadline_timezone: str = "UTC",
        events_queue_url: str | None = None,
        notices: ReviewerNotices | None = None,
        poll_seconds: float = 30,
        a2i_conn_id: str | None = "a2i_default",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(poke_interval=poll_seconds, **kwargs)
        self.night = night
        self.flow_definition_arn = flow_definition_arn
        self.answer_within_minutes = answer_within_minutes
        self.answer_by = answer_by
        self.deadline_timezone = deadline_timezone
        self.events_queue_url = events_queue_url
        self.notices = notices
        self.poll_seconds = poll_seconds
        self.a2i_conn_id = a2i_conn_id
        self.deferrable = deferrable

    def execute(self, context: Context) -> dict[str, int]:
        """Look once; defer if there is something to wait for."""
        reviews = self._look()
        deadline = self._deadline()
        if reviews.open and datetime.now(UTC) < deadline:
            self.log.info("Waiting for %s reviews, until %s at the latest", reviews.open, deadline)
            if self.deferrable:
                self._wait_in_triggerer(deadline)
            super().execute(context)
            reviews = self._look()
        return self._ended(reviews.summary())

    def poke(self, context: Context) -> bool:
        """Say whether the waiting is over."""
        reviews = self._look()
        if self._reminding is not None:
            self._reminding.tell(reviews.open, datetime.now(UTC))
        return reviews.open == 0 or datetime.now(UTC) >= self._deadline()

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, int]:
        """Take over from the trigger."""
        if event["status"] == "error":
            raise getattr(errors, event["error"], errors.NightloopError)(event["message"])
        return self._ended({key: value for key, value in event.items() if key != "status"})

    def _wait_in_triggerer(self, deadline: datetime) -> None:
        self.defer(
            trigger=HumanLoopsTrigger(
                loops_uri=self._files.loops,
                flow_definition_arn=self.flow_definition_arn,
                deadline=deadline.isoformat(),
                poll_seconds=self.poll_seconds,
                events_queue_url=self.events_queue_url,
                notices=None if self.notices is None else self._notices_to_json(self.notices),
                a2i_conn_id=self.a2i_conn_id,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
        )

    def _ended(self, counts: dict[str, int]) -> dict[str, int]:
        if counts["open"]:
            self.log.warning("The deadline has come; %s reviews are open and join a later night.", counts["open"])
        self.log.info("Reviews: %s", counts)
        return counts

    def _look(self) -> OpenReviews:
        reviews = OpenReviews(read_loops(self._store, self._files))
        if reviews.open:
            for loop in self._a2i.list_human_loops(self.flow_definition_arn, reviews.since):
                reviews.see(loop["HumanLoopName"], loop["HumanLoopStatus"], loop["CreationTime"])
            for name in reviews.unseen:
                reviews.take(name, self._a2i.describe_human_loop(name))
        return reviews

    @cached_property
    def _reminding(self) -> Reminding | None:
        if self.notices is None:
            return None
        given = self._notices_to_json(self.notices)
        return Reminding(
            self.notices,
            self._store,
            folder=given["folder"],
            night=given["night"],
            opened=self._opened(),
            deadline=self._deadline(),
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
            return WorkerPortalLink.address(ReviewFlowHook(self.a2i_conn_id, **self._client_arguments), workteam_arn)
        except errors.NightloopError as error:
            self.log.warning("Reviewers are told without the portal's address: %s", error)
            return None

    def _opened(self) -> datetime:
        written = self._store.describe(self._files.loops)
        if written is None:
            raise NightIncompleteError(f"{self._files.loops} is not there. Clear open_human_loops and what follows.")
        return written.modified

    def _deadline(self) -> datetime:
        opened = self._opened()
        if self.answer_within_minutes not in {None, ""}:
            return opened + timedelta(minutes=float(str(self.answer_within_minutes)))
        if self.answer_by is None:
            raise SetupError(f"{self.task_id} has no deadline: give it answer_by or answer_within_minutes.")
        zone = ZoneInfo(self.deadline_timezone)
        return next_time_of_day(opened, time.fromisoformat(self.answer_by), zone)

    @property
    def _files(self) -> NightFiles:
        return NightFiles(self.night)

    @cached_property
    def _store(self) -> NightStore:
        return NightStore(self.aws_conn_id, **self._client_arguments)

    @cached_property
    def _a2i(self) -> A2IHook:
        return A2IHook(self.a2i_conn_id, **self._client_arguments)

    @property
    def _client_arguments(self) -> dict[str, Any]:
        return {"region_name": self.region_name, "verify": self.verify, "config": self.botocore_config}
