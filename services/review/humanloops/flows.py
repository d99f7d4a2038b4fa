"""Finding flow definitions, and ending them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from services.review.storage.states import OPEN_STATES
from services.review.storage.tables import FlowDefinition, HumanLoop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


class FlowStatus(StrEnum):
    """FlowDefinitionStatus; a flow is usable as soon as it is created."""

    ACTIVE = "Active"
    DELETING = "Deleting"


def live_flow(session: Session, name: str) -> FlowDefinition | None:
    """Find the flow definition of this name that is not deleted."""
    return session.scalar(
        select(FlowDefinition).where(FlowDefinition.name == name, FlowDefinition.deleted_at.is_(None))
    )


def flows_of_teams(session: Session, workteam_ids: Sequence[int]) -> list[FlowDefinition]:
    """List the flows whose tasks these teams see, oldest first."""
    return list(
        session.scalars(
            select(FlowDefinition)
            .where(FlowDefinition.workteam_id.in_(workteam_ids), FlowDefinition.deleted_at.is_(None))
            .order_by(FlowDefinition.created_at, FlowDefinition.id)
        )
    )


def bury_deleted_flows(session: Session, now: datetime) -> int:
    """End the deletion of flows whose last loop has finished; answer how many."""
    open_loop = exists().where(HumanLoop.flow_definition_id == FlowDefinition.id, HumanLoop.state.in_(OPEN_STATES))
    finished = session.scalars(
        select(FlowDefinition).where(
            FlowDefinition.status == FlowStatus.DELETING, FlowDefinition.deleted_at.is_(None), ~open_loop
        )
    ).all()
    for flow in finished:
        flow.deleted_at = now
    return len(finished)
