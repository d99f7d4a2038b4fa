"""The list of events to send: appended in the transaction that ends a review, shortened as they are delivered."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select, update

from services.review.storage.queues.retrying import LEASE, LONGEST_REASON, counted, delay_after, is_due
from services.review.storage.tables import EventDelivery, EventRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.storage.tables import HumanLoop

ROUTED_AT_ONCE = 200
SENT_AT_ONCE = 10  # the most that SendMessageBatch and PutEvents accept


@dataclass(frozen=True)
class Delivery:
    """An event on its way to one destination."""

    id: int
    attempts: int
    event: EventRecord


@dataclass(frozen=True)
class Backlog:
    """What one destination has not received yet, and why."""

    destination: str
    waiting: int
    oldest: datetime
    problem: str


def append(session: Session, loop: HumanLoop, now: datetime) -> None:
    """Note that a review has ended: Completed, Failed or Stopped."""
    session.add(
        EventRecord(
            event_id=str(uuid.uuid4()),
            human_loop_name=loop.name,
            flow_definition_name=loop.flow_definition.name,
            status=loop.state,
            loop_created_at=loop.created_at,
            occurred_at=now,
            failure_code=loop.failure_code,
            failure_reason=loop.failure_reason,
            output_uri=loop.output_uri,
        )
    )


def any_unrouted(session: Session) -> bool:
    """Tell whether there is an event without destinations."""
    return session.scalar(select(EventRecord.id).where(EventRecord.routed_at.is_(None)).limit(1)) is not None


def route(session: Session, destinations: Sequence[str], now: datetime) -> int:
    """Give new events their destinations and return how many there were; without destinations they are deleted."""
    new = session.scalars(
        select(EventRecord)
        .where(EventRecord.routed_at.is_(None))
        .order_by(EventRecord.id)
        .limit(ROUTED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for event in new:
        if not destinations:
            session.delete(event)
            continue
        event.routed_at = now
        session.add_all(
            EventDelivery(event_record_id=event.id, destination=name, attempts=0, next_attempt_at=now)
            for name in destinations
        )
    return len(new)


def any_due(session: Session, destination: str, now: datetime) -> bool:
    """Tell whether any delivery is due."""
    due = select(EventDelivery.id).where(
        EventDelivery.destination == destination, is_due(EventDelivery.next_attempt_at, now)
    )
    return session.scalar(due.limit(1)) is not None


def take(session: Session, destination: str, now: datetime) -> list[Delivery]:
    """Take the deliveries that are due; no other process gets them for the LEASE."""
    rows = session.execute(
        select(EventDelivery, EventRecord)
        .join(EventRecord, EventRecord.id == EventDelivery.event_record_id)
        .where(EventDelivery.destination == destination, is_due(EventDelivery.next_attempt_at, now))
        .order_by(EventDelivery.next_attempt_at, EventDelivery.id)
        .limit(SENT_AT_ONCE)
        .with_for_update(of=EventDelivery, skip_locked=True)
    ).all()
    for row, _ in rows:
        row.next_attempt_at = now + LEASE
    return [Delivery(row.id, row.attempts, event) for row, event in rows]


def settle(
    session: Session, deliveries: Sequence[Delivery], failures: Mapping[int, str], now: datetime
) -> dict[int, float]:
    """Delete what arrived, plan the next attempt for the rest, and return the delays by delivery.

    An event is deleted when no destination waits for it. Its row is locked first: if two destinations finish at once,
    the second then sees that it is the last.
    """
    events = sorted({delivery.event.id for delivery in deliveries})
    session.execute(select(EventRecord.id).where(EventRecord.id.in_(events)).order_by(EventRecord.id).with_for_update())
    arrived = [delivery.id for delivery in deliveries if delivery.id not in failures]
    session.execute(delete(EventDelivery).where(EventDelivery.id.in_(arrived)))
    delays = {}
    for delivery_id, reason in failures.items():
        row = session.get(EventDelivery, delivery_id)
        if row is not None:  # another process sent it after this one's lease ended
            delays[delivery_id] = delay_after(row.attempts)
            row.attempts = counted(row.attempts)
            row.next_attempt_at = now + timedelta(seconds=delays[delivery_id])
            row.last_error = reason[:LONGEST_REASON]
    session.flush()
    waiting = exists().where(EventDelivery.event_record_id == EventRecord.id)
    session.execute(delete(EventRecord).where(EventRecord.id.in_(events), ~waiting))
    return delays


def release_all(session: Session, now: datetime) -> None:
    """Make every delivery due now: for a service that starts and is alone on this database."""
    session.execute(update(EventDelivery).where(EventDelivery.next_attempt_at > now).values(next_attempt_at=now))


def note_unreachable(session: Session, destinations: Sequence[str]) -> int:
    """Give deliveries to a destination that is no longer set a reason that administrators see; return how many."""
    reason = "this destination is no longer set; the event is sent when it is set again"
    left = session.execute(
        update(EventDelivery)
        .where(EventDelivery.destination.not_in(destinations))
        .values(last_error=reason)
        .returning(EventDelivery.id)
    )
    return len(left.all())


def backlog(session: Session) -> list[Backlog]:
    """List what each destination has not received yet, for administrators and for metrics."""
    rows = session.execute(
        select(
            EventDelivery.destination,
            func.count(),
            func.min(EventRecord.occurred_at),
            func.max(EventDelivery.last_error),
        )
        .join(EventRecord, EventRecord.id == EventDelivery.event_record_id)
        .group_by(EventDelivery.destination)
        .order_by(EventDelivery.destination)
    )
    return [Backlog(destination, waiting, oldest, problem or "") for destination, waiting, oldest, problem in rows]
