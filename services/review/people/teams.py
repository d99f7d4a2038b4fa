"""Creates work teams and changes their members, who are the workers of a team's groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.review.errors import InvalidInput
from services.review.humanloops.memberships import groups_of
from services.review.people.accounts import require_person
from services.review.people.errors import MemberByProvider, TeamExists, UnknownTeam
from services.review.people.held_tasks import return_unreachable_tasks
from services.review.storage.tables import Worker, WorkerGroup, Workteam

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

# What SageMaker's CreateWorkteam accepts.
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
LONGEST_DESCRIPTION = 200


def create_team(
    session: Session,
    *,
    name: str,
    description: str,
    members: Sequence[dict[str, Any]],
    now: datetime,
    notification: dict[str, Any] | None = None,
    worker_access: dict[str, Any] | None = None,
) -> Workteam:
    """Create a team of all workers of the groups its member definitions name; raises TeamExists."""
    if live_team(session, name) is not None:
        raise TeamExists
    team = Workteam(
        name=name,
        description=description,
        member_definitions=list(members),
        notification=notification,
        worker_access=worker_access,
        created_at=now,
        updated_at=now,
    )
    session.add(team)
    session.flush()
    return team


def create_team_of_own(session: Session, name: str, description: str, now: datetime) -> Workteam:
    """Create a team with one group of the same name; raises InvalidInput or TeamExists."""
    if not _NAME.fullmatch(name):
        raise InvalidInput("a team's name must have 1 to 63 letters, digits and hyphens, and no hyphen at either end")
    description = " ".join(description.split()) or name
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidInput(f"a team's description may have at most {LONGEST_DESCRIPTION} characters")
    members = [{"OidcMemberDefinition": {"Groups": [name]}}]
    return create_team(session, name=name, description=description, members=members, now=now)


def live_team(session: Session, name: str | None) -> Workteam | None:
    """Find the team of this name that is not deleted."""
    return session.scalar(select(Workteam).where(Workteam.name == name, Workteam.deleted_at.is_(None)))


def require_team(session: Session, name: str) -> Workteam:
    """Find a team; raises UnknownTeam."""
    team = live_team(session, name)
    if team is None:
        raise UnknownTeam
    return team


def live_teams(session: Session, ids: Iterable[int] | None = None) -> list[Workteam]:
    """List the teams that are not deleted, by name; with `ids`, only those."""
    statement = select(Workteam).where(Workteam.deleted_at.is_(None)).order_by(Workteam.name)
    if ids is not None:
        statement = statement.where(Workteam.id.in_(list(ids)))
    return list(session.scalars(statement))


def own_group(team: Workteam) -> str:
    """Choose the group a new member of a team gets: the one of the team's name, else its first.

    :raises InvalidInput: for a team that has none.
    """
    groups = groups_of(team)
    if team.name in groups:
        return team.name
    for definition in team.member_definitions:
        for group in definition.get("OidcMemberDefinition", {}).get("Groups", []):
            return str(group)
    raise InvalidInput(f"the team {team.name} has no group that a member could get")


def join(worker: Worker, team: Workteam) -> None:
    """Give a worker a group of a team, unless they are already a member."""
    if not groups_of(team) & {row.group_name for row in worker.groups}:
        worker.groups.append(WorkerGroup(worker_id=worker.id, group_name=own_group(team)))


def add_member(session: Session, team_name: str, public_id: str) -> None:
    """Make a person a member of a team; raises UnknownTeam or UnknownPerson."""
    join(require_person(session, public_id), require_team(session, team_name))


def remove_member(session: Session, team_name: str, public_id: str, now: datetime) -> None:
    """Take a team's groups from a person; the tasks they can no longer reach return to the queue.

    :raises MemberByProvider: if one of them comes from the sign-in provider, which would give it again.
    """
    worker, groups = require_person(session, public_id), groups_of(require_team(session, team_name))
    if any(row.from_provider for row in worker.groups if row.group_name in groups):
        raise MemberByProvider
    worker.groups = [row for row in worker.groups if row.group_name not in groups]
    return_unreachable_tasks(session, worker.id, now)
