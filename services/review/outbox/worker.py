"""Completes answered reviews: output.json first, the status after it."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from services.review.errors import ReviewError
from services.review.humanloops.confirming import any_confirmed
from services.review.humanloops.output import build_output
from services.review.humanloops.settling import apply
from services.review.storage.queues import outputs
from services.review.storage.queues.claims import lock_loop
from services.review.storage.queues.retrying import LEASE
from services.review.storage.states import LoopEvent, LoopState
from services.review.storage.tables import HumanLoop

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.formats.arns import Arns
    from services.review.s3.store import Output, S3Store
    from services.review.storage.database.engine import Database
    from services.review.storage.queues.outputs import Due

logger = logging.getLogger(__name__)

# Answered or closing for the first time; completed or stopped when an answer was confirmed since.
WITH_OUTPUT = (LoopState.ANSWERED, LoopState.CLOSING, LoopState.COMPLETED, LoopState.STOPPED)


class OutboxWorker:
    """Writes the outputs that are due.

    S3 and the database cannot commit together. The record is deleted only after S3 has the object, so a crash at any
    point in between only writes the same bytes to the same key once more.
    """

    def __init__(
        self,
        database: Database,
        store: S3Store,
        *,
        arns: Arns,
        issuer: str,
        clock: Callable[[], datetime],
        on_failure: Callable[[str, int], None],
        on_finish: Callable[[], None],
    ) -> None:
        self._database = database
        self._store = store
        self._arns = arns
        self._issuer = issuer
        self._clock = clock
        self._on_failure = on_failure
        self._on_finish = on_finish
        self._stopping = threading.Event()

    def run_once(self) -> bool:
        """Write a batch; return whether there was one.

        Records that are left when half of the lease has passed, or when the service must stop, are given back.
        """
        if not self._database.read(partial(outputs.any_due, now=self._clock())):
            return False
        begun = self._clock()
        batch = self._database.write(partial(outputs.take, now=begun))
        for position, record in enumerate(batch):
            if self._stopping.is_set() or self._clock() - begun > LEASE / 2:
                left = [record.record_id for record in batch[position:]]
                self._database.write(partial(outputs.release, record_ids=left, now=self._clock()))
                break
            self._write(record)
        return bool(batch)

    def stop(self) -> None:
        """Start nothing new; the current write is the last."""
        self._stopping.set()

    def _write(self, record: Due) -> None:
        try:
            output = self._database.read(partial(self._build, human_loop_id=record.human_loop_id))
            if output is not None:
                self._store.write(output)
        except (BotoCoreError, ClientError, ReviewError) as error:
            self._postpone(record, error)
            return
        self._database.write(partial(self._finish, record=record, output=output))
        if output:
            self._on_finish()
            logger.info("output written", extra={"uri": output.location.uri})

    def _postpone(self, record: Due, error: Exception) -> None:
        postpone = partial(outputs.postpone, record_id=record.record_id, reason=str(error), now=self._clock())
        delay = self._database.write(postpone)
        self._on_failure("s3", 1)
        details = {"human_loop_id": record.human_loop_id, "attempt": record.attempts + 1, "next_in_seconds": delay}
        logger.warning("output not written: %s", error, extra=details)

    def _build(self, session: Session, human_loop_id: int) -> Output | None:
        loop = session.get(HumanLoop, human_loop_id)
        if loop is None or loop.state not in WITH_OUTPUT:
            return None  # it was deleted after the batch was read
        return build_output(session, loop, arns=self._arns, issuer=self._issuer)

    def _finish(self, session: Session, record: Due, output: Output | None) -> None:
        loop = session.get(HumanLoop, record.human_loop_id)
        if loop is not None and output is not None:
            loop = lock_loop(session, record.human_loop_id)
            if any_confirmed(session, loop.id) and self._build(session, loop.id) != output:
                # An administrator confirmed an answer while the output was on its way.
                outputs.ask_again(session, loop.id, self._clock())
                return
            if loop.state in {LoopState.ANSWERED, LoopState.CLOSING}:
                loop.output_uri = output.location.uri
                apply(session, loop, LoopEvent.OUTPUT_WRITTEN, self._clock())
            if outputs.is_asked_again(session, record):
                return
        outputs.remove(session, record.record_id)
