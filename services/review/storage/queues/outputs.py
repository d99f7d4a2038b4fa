"""The list of outputs to write: appended in the transaction that makes a review ready, shortened once S3 has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from services.review.storage.queues.retrying import LEASE, LONGEST_REASON, counted, delay_after, is_due
from services.review.storage.tables import OutboxRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

BATCH = 20


@dataclass(frozen=True)
class Due:
    """A record that is due."""

    record_id: int
    human_loop_id: int
    attempts: int
    leased_until: datetime


def enqueue(session: Session, human_loop_id: int, now: datetime) -> None:
    """Ask for a review's output.json to be written."""
    session.add(OutboxRecord(human_loop_id=human_loop_id, attempts=0, next_attempt_at=now, created_at=now))


def ask_again(session: Session, human_loop_id: int, now: datetime) -> None:
    """Ask for a review's output.json to be written now, whether or not it is on the list."""
    record = session.scalar(select(OutboxRecord).where(OutboxRecord.human_loop_id == human_loop_id).with_for_update())
    if record is None:
        enqueue(session, human_loop_id, now)
    else:
        record.next_attempt_at = now


def any_due(session: Session, now: datetime) -> bool:
    """Tell whether any record is due."""
    return session.scalar(select(OutboxRecord.id).where(is_due(OutboxRecord.next_attempt_at, now)).limit(1)) is not None


def take(session: Session, now: datetime, limit: int = BATCH) -> list[Due]:
    """Take the records that are due, the longest waiting first; no other process gets them for the LEASE."""
    rows = session.scalars(
        select(OutboxRecord)
        .where(is_due(OutboxRecord.next_attempt_at, now))
        .order_by(OutboxRecord.next_attempt_at, OutboxRecord.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.next_attempt_at = now + LEASE
    return [Due(row.id, row.human_loop_id, row.attempts, row.next_attempt_at) for row in rows]


def release(session: Session, record_ids: Sequence[int], now: datetime) -> None:
    """Give back records that were taken and not tried."""
    session.execute(update(OutboxRecord).where(OutboxRecord.id.in_(record_ids)).values(next_attempt_at=now))


def release_all(session: Session, now: datetime) -> None:
    """Make every record due now: for a service that starts and is alone on this database."""
    session.execute(update(OutboxRecord).where(OutboxRecord.next_attempt_at > now).values(next_attempt_at=now))


def postpone(session: Session, record_id: int, reason: str, now: datetime) -> float:
    """Plan the next attempt and return in how many seconds; the delay doubles up to five minutes, and never ends.

    A human answer is never thrown away: a bucket that is created, or a permission that is granted, a week later still
    gets its outputs.
    """
    record = session.get(OutboxRecord, record_id)
    if record is None:
        return 0.0
    delay = delay_after(record.attempts)
    record.attempts = counted(record.attempts)
    record.next_attempt_at = now + timedelta(seconds=delay)
    record.last_error = reason[:LONGEST_REASON]
    return delay


def is_asked_again(session: Session, due: Due) -> bool:
    """Tell whether somebody asked for an output again since it was taken; it stays on the list then."""
    # Locked: this waits for a request that is being written now.
    planned = session.scalar(
        select(OutboxRecord.next_attempt_at).where(OutboxRecord.id == due.record_id).with_for_update()
    )
    return planned is not None and planned != due.leased_until


def remove(session: Session, record_id: int) -> None:
    """Take a record off the list."""
    record = session.get(OutboxRecord, record_id)
    if record is not None:
        session.delete(record)
