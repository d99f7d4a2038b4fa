"""A2I's events in an SQS queue: hints that a review ended, before the next sweep sees it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.hooks.sqs import SqsHook

from nightloop.aws.clients.error_translation import typed_errors
from nightloop.aws.hooks.base import async_client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nightloop.aws.human_loops.open_reviews import OpenReviews

DETAIL_TYPE: Final = "SageMaker A2I HumanLoop Status Change"
LONGEST_POLL: Final = 20
"""Seconds; SQS allows no more."""
HIDDEN_SECONDS: Final = 10
"""How long SQS hides a message that was received: short, because it may be about another night's review."""
STALE_SECONDS: Final = 3600
"""At this age nobody needs a message of our flow definition: the night that waits for its review has swept since."""
_PAUSE: Final = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Heard:
    """One message about a human loop; `age` in seconds."""

    review_name: str
    flow_definition_arn: str
    receipt: str
    age: float

    @classmethod
    def of(cls, message: Mapping[str, Any], now: float) -> Heard | None:
        """Read a message of SQS; None if it is not an event of a human loop."""
        try:
            event = json.loads(message["Body"])
            detail = event["detail"]
            name, flow = detail["humanLoopName"], detail["flowDefinitionArn"]
            if event["detail-type"] != DETAIL_TYPE or not (isinstance(name, str) and isinstance(flow, str)):
                return None
            sent = float(message.get("Attributes", {}).get("SentTimestamp", now * 1000)) / 1000
            return cls(name, flow, message["ReceiptHandle"], now - sent)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


class HumanLoopEvents:
    """Listens to a queue that several nights, and others, may share.

    An event only says which review to look at. Its message is deleted once this night saw the review ended. A message
    about a review of another night stays for that night, unless it is about the same flow definition and so old that
    nobody needs it. So lost, doubled, late and reordered messages only change when a review is looked at.

    :param queue_url: The queue.
    :param flow_definition_arn: The flow definition of this night's reviews.
    :param hook_arguments: Connection, region, TLS and botocore settings of the queue's client.
    """

    def __init__(self, queue_url: str, flow_definition_arn: str, hook_arguments: dict[str, Any]) -> None:
        self.queue_url = queue_url
        self.flow_definition_arn = flow_definition_arn
        self.hook_arguments = hook_arguments
        self._receipts: dict[str, set[str]] = {}

    async def listen(self, seconds: float, reviews: OpenReviews) -> set[str]:
        """Wait for messages about this night's open reviews; return their names, none when the time is over.

        :raises TransientError: if the queue cannot be asked now.
        :raises SetupError: if it does not exist, or may not be read.
        """
        end = time.monotonic() + seconds
        with typed_errors(self.hook_arguments["aws_conn_id"], "sqs"):
            async with await async_client(SqsHook(**self.hook_arguments)) as client:
                while (remaining := end - time.monotonic()) > 0:
                    messages = await self._receive(client, remaining)
                    heard = await self._sort(client, messages, reviews)
                    if heard:
                        return heard
                    # Messages of others come back at once when they are shown again: do not spin on them.
                    if messages or remaining < 1:
                        await asyncio.sleep(max(min(_PAUSE, end - time.monotonic()), 0))
        return set()

    async def forget(self, reviews: OpenReviews) -> None:
        """Delete the messages about this night's reviews that were seen ended."""
        ended = [name for name in self._receipts if not reviews.is_open(name)]
        receipts = [receipt for name in ended for receipt in self._receipts.pop(name)]
        if receipts:
            with typed_errors(self.hook_arguments["aws_conn_id"], "sqs"):
                async with await async_client(SqsHook(**self.hook_arguments)) as client:
                    await self._delete(client, receipts)

    async def _receive(self, client: Any, remaining: float) -> list[dict[str, Any]]:
        answer = await client.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=min(int(remaining), LONGEST_POLL),
            VisibilityTimeout=HIDDEN_SECONDS,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return list(answer.get("Messages", []))

    async def _sort(self, client: Any, messages: list[dict[str, Any]], reviews: OpenReviews) -> set[str]:
        now = time.time()
        events = [event for message in messages if (event := Heard.of(message, now)) is not None]
        heard = set()
        for event in events:
            if reviews.is_open(event.review_name):
                self._receipts.setdefault(event.review_name, set()).add(event.receipt)
                heard.add(event.review_name)
        await self._delete(client, [event.receipt for event in events if self._is_spent(event, reviews)])
        return heard

    def _is_spent(self, event: Heard, reviews: OpenReviews) -> bool:
        """Say whether nobody needs a message: this night saw the review ended, or it is old and nobody else's."""
        if reviews.knows(event.review_name):
            return not reviews.is_open(event.review_name)
        return event.flow_definition_arn == self.flow_definition_arn and event.age > STALE_SECONDS

    async def _delete(self, client: Any, receipts: list[str]) -> None:
        for start in range(0, len(receipts), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": receipt}
                for number, receipt in enumerate(receipts[start : start + 10])
            ]
            answer = await client.delete_message_batch(QueueUrl=self.queue_url, Entries=entries)
            if answer.get("Failed"):
                log.info("%s messages could not be deleted; they come again.", len(answer["Failed"]))
