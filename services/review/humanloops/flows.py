"""Finds flow definitions and ends them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.storage.tables import FlowDefinition

if TYPE_CHECKING:
    from collections.abc import Sequence

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
