"""Reads who belongs to which work team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.storage.tables import Worker, WorkerGroup, Workteam

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def groups_of(team: Workteam) -> set[str]:
    """Return the groups whose workers are members of a team."""
    return {
        group
        for definition in team.member_definitions
        for group in definition.get("OidcMemberDefinition", {}).get("Groups", [])
    }


def team_ids(session: Session, worker_id: int) -> list[int]:
    """List the teams a worker belongs to now; a worker with a closed account belongs to none."""
    groups = set(
        session.scalars(
            select(WorkerGroup.group_name)
            .join(Worker, Worker.id == WorkerGroup.worker_id)
            .where(WorkerGroup.worker_id == worker_id, Worker.deactivated_at.is_(None))
        )
    )
    teams = session.scalars(select(Workteam).where(Workteam.deleted_at.is_(None)))
    return [team.id for team in teams if groups & groups_of(team)]
