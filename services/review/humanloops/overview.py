"""How all jobs stand, for administrators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from services.review.humanloops.transitions import LoopState, SlotState
from services.review.storage.tables import FlowDefinition, HumanLoop, OutboxRecord, Slot

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass
class Progress:
    """How many loops of a flow are in which state, and why outputs do not reach S3, if they do not."""

    flow_name: str
    title: str
    counts: dict[str, int] = field(default_factory=dict)
    working: int = 0
    problem: str = ""

    def count(self, *states: str) -> int:
        """Add up the loops in these states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def waiting(self) -> int:
        """Loops nobody works on and that still want answers."""
        return self.count(LoopState.IN_PROGRESS, LoopState.STOPPING) - self.working

    @property
    def writing(self) -> int:
        """Loops whose output is on its way to S3."""
        return self.count(LoopState.ANSWERED, LoopState.CLOSING)


def progress(session: Session) -> list[Progress]:
    """List the progress of every flow, oldest first, in four statements."""
    flows = session.scalars(
        select(FlowDefinition).where(FlowDefinition.deleted_at.is_(None)).order_by(FlowDefinition.created_at)
    )
    rows = {flow.id: Progress(flow.name, flow.title) for flow in flows}
    for flow_id, state, count in session.execute(
        select(HumanLoop.flow_definition_id, HumanLoop.state, func.count())
        .where(HumanLoop.flow_definition_id.in_(rows))
        .group_by(HumanLoop.flow_definition_id, HumanLoop.state)
    ):
        rows[flow_id].counts[state] = count
    held = exists().where(Slot.human_loop_id == HumanLoop.id, Slot.state == SlotState.HELD)
    for flow_id, count in session.execute(
        select(HumanLoop.flow_definition_id, func.count())
        .where(HumanLoop.flow_definition_id.in_(rows), held)
        .group_by(HumanLoop.flow_definition_id)
    ):
        rows[flow_id].working = count
    for flow_id, reason in session.execute(
        select(HumanLoop.flow_definition_id, func.max(OutboxRecord.last_error))
        .join(OutboxRecord, OutboxRecord.human_loop_id == HumanLoop.id)
        .where(HumanLoop.flow_definition_id.in_(rows), OutboxRecord.last_error.is_not(None))
        .group_by(HumanLoop.flow_definition_id)
    ):
        rows[flow_id].problem = reason or ""
    return list(rows.values())
