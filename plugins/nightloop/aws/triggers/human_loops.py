"""One trigger for all the reviews of a night."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.triggers.base import BaseTrigger, TriggerEvent

from nightloop.aws.clients.error_translation import typed_errors
from nightloop.aws.errors import NightloopError, TransientError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.base import async_client, find_async
from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.aws.human_loops.sweep import Calls, describe, drive_async, sweep
from nightloop.aws.notifications.reviewers import Reminding, ReviewerNotices
from nightloop.aws.storage import uris
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.aws.triggers.human_loop_events import HumanLoopEvents
from nightloop.domain.reviews.opened import OpenedReview

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class HumanLoopsTrigger(BaseTrigger):
    """Wait until no review of a night is open, or until the reviewers' deadline.

    Reviews are never stopped when the task is killed or cleared: people's work is paid for, and the next try finds them
    again by their names.

    :param loops_uri: `reviews.jsonl` of the night.
    :param flow_definition_arn: The flow definition of the reviews.
    :param deadline: When to go on with what has arrived, in ISO form with its offset.
    :param poll_seconds: Pause between two sweeps.
    :param events_queue_url: An SQS queue of A2I's events: the trigger looks at once at a review that an event names.
        Without the queue, or while it does not answer, the sweeps alone see everything, later.
    :param notices: What reviewers are told meanwhile: `ReviewerNotices` as JSON, and `folder`, `night`, `opened` and
        `portal` of `Reminding`.
    :param a2i_conn_id: The Airflow connection of the reviews.
    :param aws_conn_id: The Airflow connection of S3.
    """

    def __init__(
        self,
        *,
        loops_uri: str,
        flow_definition_arn: str,
        deadline: str,
        poll_seconds: float = 30,
        events_queue_url: str | None = None,
        notices: dict[str, Any] | None = None,
        a2i_conn_id: str | None = "a2i_default",
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loops_uri = loops_uri
        self.flow_definition_arn = flow_definition_arn
        self.deadline = deadline
        self.poll_seconds = poll_seconds
        self.events_queue_url = events_queue_url
        self.notices = notices
        self.a2i_conn_id = a2i_conn_id
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments that rebuild this trigger."""
        names = [
            "loops_uri",
            "flow_definition_arn",
            "deadline",
            "poll_seconds",
            "events_queue_url",
            "notices",
            "a2i_conn_id",
            "aws_conn_id",
            "region_name",
            "verify",
            "botocore_config",
        ]
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sweep until the reviews are finished or the deadline has come; yield one event."""
        try:
            reviews = await self._read_reviews()
            status = await self._wait(reviews)
            reviews.check_there()
        except NightloopError as error:
            yield _event(status="error", error=type(error).__name__, message=str(error))
        else:
            yield _event(status=status, **reviews.summary())

    async def _wait(self, reviews: OpenReviews) -> str:
        deadline = datetime.fromisoformat(self.deadline)
        events, reminding = self._events(), self._reminding(deadline)
        while True:
            try:
                calls = await self._sweep(reviews)
                self.log.info("%s of %s reviews open (%s calls)", reviews.open, reviews.total, calls)
            except TransientError as error:
                self.log.warning("This sweep failed; the next one makes up for it: %s", error)
            if reviews.open == 0:
                return "finished"
            remaining = (deadline - datetime.now(UTC)).total_seconds()
            if remaining <= 0:
                return "deadline"
            if reminding is not None:
                # In a thread of its own: in asgiref's one thread all triggers look their connections up.
                await asyncio.to_thread(reminding.tell, reviews.open, datetime.now(UTC))
            await self._pause(min(self.poll_seconds, remaining), reviews, events)

    def _events(self) -> HumanLoopEvents | None:
        if self.events_queue_url is None:
            return None
        arguments = {"aws_conn_id": self.aws_conn_id, **self._client_arguments}
        return HumanLoopEvents(self.events_queue_url, self.flow_definition_arn, arguments)

    def _reminding(self, deadline: datetime) -> Reminding | None:
        if self.notices is None:
            return None
        given = dict(self.notices)
        return Reminding(
            ReviewerNotices.from_json(given.pop("settings")),
            ObjectStore(self.aws_conn_id, **self._client_arguments),
            opened=datetime.fromisoformat(given.pop("opened")),
            deadline=deadline,
            **given,
        )

    async def _pause(self, seconds: float, reviews: OpenReviews, events: HumanLoopEvents | None) -> None:
        """Pass the time to the next sweep; look meanwhile at the reviews that events name."""
        end = time.monotonic() + seconds
        try:
            while events is not None and reviews.open and (left := end - time.monotonic()) > 0:
                names = await events.listen(left, reviews)
                if names:
                    await self._look_at(names, reviews)
                    await events.forget(reviews)
        except NightloopError as error:
            self.log.warning("Events cannot be heard now; sweeps go on without them: %s", error)
        if reviews.open:
            await asyncio.sleep(max(end - time.monotonic(), 0))

    async def _look_at(self, names: set[str], reviews: OpenReviews) -> None:
        await self._make(describe(sorted(names), reviews))

    async def _sweep(self, reviews: OpenReviews) -> int:
        return await self._make(sweep(self.flow_definition_arn, reviews))

    async def _make(self, calls: Calls) -> int:
        hook = A2IHook(aws_conn_id=self.a2i_conn_id, **self._client_arguments)
        with typed_errors(self.a2i_conn_id, "sagemaker-a2i-runtime"):
            async with await async_client(hook) as client:
                return await drive_async(calls, lambda call: find_async(client, call.operation, **call.request))

    async def _read_reviews(self) -> OpenReviews:
        bucket, key = uris.split(self.loops_uri)
        hook = S3Hook(aws_conn_id=self.aws_conn_id, **self._client_arguments)
        reviews = OpenReviews()
        with typed_errors(self.aws_conn_id, "s3"):
            async with await async_client(hook) as client:
                answer = await client.get_object(Bucket=bucket, Key=key)
                async for line in answer["Body"].iter_lines(chunk_size=1 << 16):
                    reviews.add(OpenedReview.from_json(json.loads(line)))
        return reviews

    @property
    def _client_arguments(self) -> dict[str, Any]:
        return {"region_name": self.region_name, "verify": self.verify, "config": self.botocore_config}


def _event(**payload: Any) -> TriggerEvent:
    return TriggerEvent(payload)  # type: ignore[no-untyped-call]
