"""Ends the deletion of a flow definition when its last review has finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from services.review.humanloops.flows import FlowStatus
from services.review.storage.states import OPEN_STATES
from services.review.storage.tables import FlowDefinition, HumanLoop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def bury_deleted_flows(session: Session, now: datetime) -> int:
    """End the deletion of flows whose last review has finished; return how many."""
    open_loop = exists().where(HumanLoop.flow_definition_id == FlowDefinition.id, HumanLoop.state.in_(OPEN_STATES))
    finished = session.scalars(
        select(FlowDefinition).where(
            FlowDefinition.status == FlowStatus.DELETING, FlowDefinition.deleted_at.is_(None), ~open_loop
        )
    ).all()
    for flow in finished:
        flow.deleted_at = now
    return len(finished)
