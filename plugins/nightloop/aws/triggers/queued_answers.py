"""Waits for the answers of an asynchronous endpoint to one chunk of images."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from nightloop.aws.errors import NightloopError, TransientError
from nightloop.aws.images.queued_answers import QueuedAnswers
from nightloop.aws.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class QueuedAnswersTrigger(BaseTrigger):
    """Wait until each request of a chunk has an answer or a failure in S3.

    Requests are never taken back when the task is killed or cleared: the next try finds them, and their answers.

    :param asked_uri: Where the requests are written down.
    :param poll_seconds: Pause between two looks.
    :param longest_seconds: How long to wait at most.
    :param aws_conn_id: The Airflow connection of S3.
    """

    def __init__(
        self,
        *,
        asked_uri: str,
        poll_seconds: float = 30,
        longest_seconds: float = 23_400,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.asked_uri = asked_uri
        self.poll_seconds = poll_seconds
        self.longest_seconds = longest_seconds
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.verify = verify
        self.botocore_config = botocore_config

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments that rebuild this trigger."""
        names = ["asked_uri", "poll_seconds", "longest_seconds"]
        names += ["aws_conn_id", "region_name", "verify", "botocore_config"]
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until all is answered or the time is over; yield one event."""
        try:
            still_open = await self._wait()
        except NightloopError as error:
            yield TriggerEvent({"status": "error", "message": str(error)})  # type: ignore[no-untyped-call]
        else:
            status = "unfinished" if still_open else "answered"
            yield TriggerEvent({"status": status, "open": still_open})  # type: ignore[no-untyped-call]

    async def _wait(self) -> int:
        store = ObjectStore(
            self.aws_conn_id, region_name=self.region_name, verify=self.verify, config=self.botocore_config
        )
        answers, end = QueuedAnswers(store, self.asked_uri), time.monotonic() + self.longest_seconds
        still_open = 1
        while True:
            try:
                # In a thread of its own: in asgiref's one thread all triggers look their connections up.
                still_open = await asyncio.to_thread(answers.count_open)
            except TransientError as error:
                self.log.warning("Looking again in %s s: %s", self.poll_seconds, error)
            if not still_open or time.monotonic() >= end:
                return still_open
            await asyncio.sleep(self.poll_seconds)
