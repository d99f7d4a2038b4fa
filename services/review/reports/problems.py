"""Lists what cannot be delivered, and why: outputs that S3 refuses, events that a destination refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.review.storage.tables import EventDelivery, EventRecord, FlowDefinition, HumanLoop, OutboxRecord

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

OUTPUT = "output"


@dataclass(frozen=True)
class Problem:
    """Deliveries of one flow that failed and will be tried again.

    `destination` is `output`, or a destination of events (`sqs`, `eventbridge`); `reason` is the message of one
    failure.
    """

    flow_name: str
    destination: str
    count: int
    since: datetime
    reason: str


def problems(session: Session, flow_name: str | None = None) -> list[Problem]:
    """List what could not be delivered so far, by flow, or only for one flow."""
    found = [*_outputs(session), *_events(session)]
    chosen = [problem for problem in found if flow_name in {None, problem.flow_name}]
    return sorted(chosen, key=lambda problem: (problem.flow_name, problem.destination))


def _outputs(session: Session) -> list[Problem]:
    rows = session.execute(
        select(FlowDefinition.name, func.count(), func.min(OutboxRecord.created_at), func.max(OutboxRecord.last_error))
        .join(HumanLoop, HumanLoop.id == OutboxRecord.human_loop_id)
        .join(FlowDefinition, FlowDefinition.id == HumanLoop.flow_definition_id)
        .where(OutboxRecord.last_error.is_not(None))
        .group_by(FlowDefinition.name)
    )
    return [Problem(name, OUTPUT, count, since, reason or "") for name, count, since, reason in rows]


def _events(session: Session) -> list[Problem]:
    rows = session.execute(
        select(
            EventRecord.flow_definition_name,
            EventDelivery.destination,
            func.count(),
            func.min(EventRecord.occurred_at),
            func.max(EventDelivery.last_error),
        )
        .join(EventRecord, EventRecord.id == EventDelivery.event_record_id)
        .where(EventDelivery.last_error.is_not(None))
        .group_by(EventRecord.flow_definition_name, EventDelivery.destination)
    )
    return [Problem(name, destination, count, since, reason or "") for name, destination, count, since, reason in rows]
