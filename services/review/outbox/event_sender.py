"""Sends the event of each review that ended, to each destination independently."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from services.review.outbox.envelope import envelope_of
from services.review.storage.queues import events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from services.review.formats.arns import Arns
    from services.review.outbox.destinations import Destination
    from services.review.storage.database.engine import Database
    from services.review.storage.queues.events import Delivery

logger = logging.getLogger(__name__)


class EventRouter:
    """Gives new events their destinations and wakes the senders."""

    def __init__(
        self,
        database: Database,
        destinations: Sequence[str],
        *,
        clock: Callable[[], datetime],
        wake_senders: Callable[[], None],
    ) -> None:
        self._database = database
        self._destinations = destinations
        self._clock = clock
        self._wake_senders = wake_senders

    def run_once(self) -> bool:
        """Route a batch; return whether there was one."""
        if not self._database.read(events.any_unrouted):
            return False
        routed = self._database.write(
            partial(events.route, destinations=self._destinations, now=self._clock()),
        )
        if routed:
            self._wake_senders()
        return bool(routed)


class EventSender:
    """Sends what is due to one destination.

    An event leaves the list only after the destination has acknowledged it. After a crash in between it is sent once
    more, with the same id.
    """

    def __init__(
        self,
        database: Database,
        destination: Destination,
        *,
        arns: Arns,
        source: str,
        clock: Callable[[], datetime],
        on_failure: Callable[[str, int], None] = lambda _destination, _count: None,
    ) -> None:
        self.destination = destination
        self._database = database
        self._arns = arns
        self._source = source
        self._clock = clock
        self._on_failure = on_failure

    def run_once(self) -> bool:
        """Send a batch; return whether there was one."""
        name = self.destination.name
        if not self._database.read(partial(events.any_due, destination=name, now=self._clock())):
            return False
        batch = self._database.write(partial(events.take, destination=name, now=self._clock()))
        if not batch:
            return False  # another process was first
        failures = self._send(batch)
        delays = self._database.write(
            partial(events.settle, deliveries=batch, failures=failures, now=self._clock()),
        )
        self._tell(batch, failures, delays)
        return True

    def _send(self, batch: Sequence[Delivery]) -> dict[int, str]:
        envelopes = [envelope_of(delivery.event, arns=self._arns, source=self._source) for delivery in batch]
        try:
            refused = self.destination.send(envelopes)
        except (BotoCoreError, ClientError) as error:
            return {delivery.id: str(error) for delivery in batch}
        return {batch[position].id: reason for position, reason in refused.items()}

    def _tell(self, batch: Sequence[Delivery], failures: dict[int, str], delays: dict[int, float]) -> None:
        name = self.destination.name
        if failures:
            self._on_failure(name, len(failures))
        for delivery in batch:
            details: dict[str, object] = {"destination": name, "event_id": delivery.event.event_id}
            if delivery.id in failures:
                details |= {"attempt": delivery.attempts + 1, "next_in_seconds": delays.get(delivery.id)}
                logger.warning("event not sent: %s", failures[delivery.id], extra=details)
            else:
                logger.info("event sent", extra=details)
