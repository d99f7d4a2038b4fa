"""Where events go: an SQS queue, an EventBridge bus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from services.review.outbox.envelope import DETAIL_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from services.review.config.settings import Settings
    from services.review.outbox.envelope import Envelope


class Destination(Protocol):
    """A receiver of events."""

    name: str

    def send(self, envelopes: Sequence[Envelope]) -> dict[int, str]:
        """Send up to ten events; return the positions of those it did not accept, each with the reason.

        :raises ClientError: or BotoCoreError (botocore's), if as far as is known none arrived.
        """


class Queue:
    """An SQS queue; the body of a message is the whole envelope."""

    name = "sqs"

    def __init__(self, settings: Settings) -> None:
        self._url = settings.event_queue_url
        self._client = _client("sqs", settings.region, settings.sqs_endpoint_url)

    def send(self, envelopes: Sequence[Envelope]) -> dict[int, str]:
        """Send one batch; a FIFO queue gets the event's id, by which it drops repetitions."""
        entries = [self._entry(position, envelope) for position, envelope in enumerate(envelopes)]
        answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        return {int(one["Id"]): f"{one['Code']}: {one.get('Message', '')}" for one in answer.get("Failed", [])}

    def _entry(self, position: int, envelope: Envelope) -> dict[str, Any]:
        entry = {"Id": str(position), "MessageBody": json.dumps(envelope.document(), ensure_ascii=False)}
        if self._url.endswith(".fifo"):
            # A review has one event: two events have no order to keep, and a group for each sends them in parallel.
            entry["MessageGroupId"] = envelope.detail["humanLoopName"]
            entry["MessageDeduplicationId"] = envelope.id
        return entry


class Bus:
    """An EventBridge bus; it gives each event an id of its own."""

    name = "eventbridge"

    def __init__(self, settings: Settings) -> None:
        self._bus = settings.event_bus_name
        self._client = _client("events", settings.region, settings.events_endpoint_url)

    def send(self, envelopes: Sequence[Envelope]) -> dict[int, str]:
        """Put one batch; the call succeeds even if some of its entries fail."""
        entries = [self._entry(envelope) for envelope in envelopes]
        answers = self._client.put_events(Entries=entries)["Entries"]
        return {
            position: f"{answer['ErrorCode']}: {answer.get('ErrorMessage', '')}"
            for position, answer in enumerate(answers)
            if answer.get("ErrorCode")
        }

    def _entry(self, envelope: Envelope) -> dict[str, Any]:
        return {
            "EventBusName": self._bus,
            "Source": envelope.source,
            "DetailType": DETAIL_TYPE,
            "Resources": [envelope.resource],
            "Detail": json.dumps(envelope.detail, ensure_ascii=False),
            "Time": envelope.time,
        }


def destinations_of(settings: Settings) -> list[Destination]:
    """Create the destinations that the settings name: none, one or both."""
    found: list[Destination] = []
    if settings.event_queue_url:
        found.append(Queue(settings))
    if settings.event_bus_name:
        found.append(Bus(settings))
    return found


def _client(service: str, region: str, endpoint_url: str) -> Any:  # noqa: ANN401 - depends on the service's name
    make: Callable[..., Any] = boto3.client
    # One short attempt, well within the lease of a row: the outbox itself retries.
    config = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 1})
    return make(service, region_name=region, endpoint_url=endpoint_url or None, config=config)
