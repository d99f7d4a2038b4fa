"""The list of outputs to write: appended in the transaction that makes a loop ready, shortened once S3 has them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.storage.tables import OutboxRecord

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 300.0


@dataclass(frozen=True)
class Due:
    """A record whose turn it is."""

    record_id: int
    human_loop_id: int
    attempts: int


def enqueue(session: Session, human_loop_id: int, now: datetime) -> None:
    """Ask for a loop's output.json to be written."""
    session.add(OutboxRecord(human_loop_id=human_loop_id, attempts=0, next_attempt_at=now, created_at=now))


def due(session: Session, now: datetime, limit: int = 20) -> list[Due]:
    """List the records whose turn it is, the longest waiting first."""
    rows = session.scalars(
        select(OutboxRecord)
        .where(OutboxRecord.next_attempt_at <= now)
        .order_by(OutboxRecord.next_attempt_at, OutboxRecord.id)
        .limit(limit)
    )
    return [Due(row.id, row.human_loop_id, row.attempts) for row in rows]


def postpone(session: Session, record_id: int, reason: str, now: datetime) -> float:
    """Plan the next attempt and answer in how many seconds; the delay doubles up to five minutes, without an end.

    A human answer is never thrown away: a bucket that is made, or a permission that is given, a week later still gets
    its outputs.
    """
    record = session.get(OutboxRecord, record_id)
    if record is None:
        return 0.0
    delay = min(math.ldexp(FIRST_DELAY_SECONDS, record.attempts), LONGEST_DELAY_SECONDS)
    record.attempts = min(record.attempts + 1, 30)
    record.next_attempt_at = now + timedelta(seconds=delay)
    record.last_error = reason[:2000]
    return delay


def remove(session: Session, record_id: int) -> None:
    """Take a record off the list."""
    record = session.get(OutboxRecord, record_id)
    if record is not None:
        session.delete(record)
