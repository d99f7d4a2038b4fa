"""All threads of the outbox as one thing."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from services.review.outbox.destinations import destinations_of
from services.review.outbox.event_sender import EventRouter, EventSender
from services.review.outbox.faulty_destination import FaultyDestination
from services.review.outbox.worker import OutboxWorker
from services.review.server.background import Repeating
from services.review.storage.queues import events, outputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.faults import Faults
    from services.review.config.settings import Settings
    from services.review.formats.arns import Arns
    from services.review.metrics.registry import Metrics
    from services.review.s3.store import S3Store
    from services.review.storage.database.engine import Database

logger = logging.getLogger(__name__)

SECONDS = 1.0


class Outbox:
    """Writes outputs, routes events and sends them: a thread each, so none waits for a service that is unreachable."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        store: S3Store,
        *,
        arns: Arns,
        clock: Callable[[], datetime],
        metrics: Metrics,
        faults: Faults | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        destinations = destinations_of(settings)
        if faults is not None:
            destinations = [FaultyDestination(one, faults) for one in destinations]
        sender = partial(
            EventSender,
            database,
            arns=arns,
            source=settings.event_source,
            clock=clock,
            on_failure=metrics.send_failed,
        )
        self._senders = [
            Repeating(f"events to {one.name}", sender(one).run_once, seconds=SECONDS) for one in destinations
        ]
        self._names = [one.name for one in destinations]
        router = EventRouter(database, self._names, clock=clock, wake_senders=self._wake_senders)
        self._router = Repeating("events", router.run_once, seconds=SECONDS)
        self._writer = OutboxWorker(
            database,
            store,
            arns=arns,
            issuer=settings.public_url,
            clock=clock,
            on_failure=metrics.send_failed,
            on_finish=self._router.wake,
        )
        self._outputs = Repeating("outputs", self._writer.run_once, seconds=SECONDS)

    def start(self) -> None:
        """Start; on SQLite everything an earlier process held or postponed is due at once: no other process exists."""
        if self._database.is_sqlite:
            self._database.write(self._release_all)
        left = self._database.write(partial(events.note_unreachable, destinations=self._names))
        if left:
            logger.warning("events wait for a destination that is no longer set", extra={"events": left})
        for thread in self._threads():
            thread.start()

    def wake(self) -> None:
        """Start the next round now."""
        self._outputs.wake()
        self._router.wake()

    def stop(self) -> None:
        """Let current writes and sends finish, then end."""
        self._writer.stop()
        for thread in self._threads():
            thread.ask_to_stop()
        for thread in self._threads():
            thread.stop()

    def _threads(self) -> list[Repeating]:
        return [self._outputs, self._router, *self._senders]

    def _wake_senders(self) -> None:
        for thread in self._senders:
            thread.wake()

    def _release_all(self, session: Session) -> None:
        outputs.release_all(session, self._clock())
        events.release_all(session, self._clock())
