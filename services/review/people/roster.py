"""Reads people: all teams with their members, all people, one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.review.humanloops.memberships import groups_of
from services.review.people.accounts import require_person
from services.review.people.identities import NO_EMAIL
from services.review.people.teams import live_teams
from services.review.storage.tables import Worker, WorkerGroup, WorkerIdentity, WorkerSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.storage.tables import Workteam


@dataclass
class Person:
    """A person with an account."""

    id: int
    public_id: str
    name: str
    email: str
    is_administrator: bool
    is_active: bool
    has_password: bool
    groups: dict[str, bool] = field(default_factory=dict)  # name -> whether the provider gave it
    teams: list[str] = field(default_factory=list)
    issuer: str = ""
    sessions: int = 0
    last_seen_at: datetime | None = None


@dataclass
class Team:
    """A team and its members."""

    name: str
    description: str
    groups: list[str]
    members: list[Person]
    others: list[Person]

    def is_by_provider(self, person: Person) -> bool:
        """Tell whether the sign-in provider made a person a member."""
        return any(person.groups.get(group) for group in self.groups)


@dataclass
class Roster:
    """All teams and all people, by name."""

    teams: list[Team]
    people: list[Person]


def roster(session: Session, now: datetime) -> Roster:
    """Read everything in five statements, for any number of teams and people."""
    rows = session.scalars(select(Worker).order_by(Worker.name, Worker.id)).all()
    people = _people(session, rows, now)
    teams = [_team(team, people) for team in live_teams(session)]
    for team in teams:
        for person in team.members:
            person.teams.append(team.name)
    return Roster(teams, people)


def one_person(session: Session, public_id: str, now: datetime) -> tuple[Person, list[Team]]:
    """Read one person and all teams, without other members; raises UnknownPerson."""
    people = _people(session, [require_person(session, public_id)], now)
    teams = [_team(team, people) for team in live_teams(session)]
    people[0].teams = [team.name for team in teams if team.members]
    return people[0], teams


def _people(session: Session, rows: Sequence[Worker], now: datetime) -> list[Person]:
    ids = [row.id for row in rows]
    people = {row.id: _person(row) for row in rows}
    groups = select(WorkerGroup).where(WorkerGroup.worker_id.in_(ids)).order_by(WorkerGroup.group_name)
    for group in session.scalars(groups):
        people[group.worker_id].groups[group.group_name] = group.from_provider
    identities = select(WorkerIdentity).where(WorkerIdentity.worker_id.in_(ids)).order_by(WorkerIdentity.id)
    for identity in session.scalars(identities):
        person = people[identity.worker_id]
        person.issuer = identity.issuer
        person.email = person.email or identity.email
    seen = func.max(func.coalesce(WorkerSession.last_seen_at, WorkerSession.created_at))
    for worker_id, count, last in session.execute(
        select(WorkerSession.worker_id, func.count(), seen)
        .where(WorkerSession.worker_id.in_(ids), WorkerSession.expires_at > now)
        .group_by(WorkerSession.worker_id)
    ):
        people[worker_id].sessions, people[worker_id].last_seen_at = count, last
    return list(people.values())


def _person(row: Worker) -> Person:
    return Person(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        email="" if row.email.endswith(NO_EMAIL) else row.email,
        is_administrator=row.is_administrator,
        is_active=row.deactivated_at is None,
        has_password=bool(row.password_hash),
    )


def _team(team: Workteam, people: Sequence[Person]) -> Team:
    groups = groups_of(team)
    members = [person for person in people if groups & set(person.groups)]
    others = [person for person in people if person.is_active and not groups & set(person.groups)]
    return Team(team.name, team.description, sorted(groups), members, others)
