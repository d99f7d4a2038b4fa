"""One-time links: into a new account, or to a new password for an existing one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from services.review.errors import InvalidInput
from services.review.people.accounts import checked_name, new_account, require_person, set_password
from services.review.people.errors import (
    AccountDeactivated,
    AccountExists,
    AlreadyInvited,
    InvitationExpired,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    UnknownInvitation,
)
from services.review.people.teams import join, live_teams, require_team
from services.review.storage.tables import Invitation, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

# One address and nothing else: the header of a mail must get no comma, bracket or blank.
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+")
LONGEST_EMAIL = 254


def invite(
    session: Session,
    *,
    digest: str,
    email: str,
    name: str,
    is_administrator: bool,
    team_names: Sequence[str],
    days: int,
    now: datetime,
) -> Invitation:
    """Invite somebody who has no account yet.

    :raises InvalidInput: for a wrong e-mail or name.
    :raises UnknownTeam: if a team does not exist.
    :raises AccountExists: if the e-mail has an account.
    :raises AlreadyInvited: while an earlier invitation is open.
    """
    address = checked_email(email)
    if session.scalar(select(Worker.id).where(Worker.email == address)) is not None:
        raise AccountExists
    if any(row.email == address for row in open_invitations(session, now)):
        raise AlreadyInvited
    row = Invitation(
        digest=digest,
        email=address,
        name=checked_name(name) if name.strip() else "",
        is_administrator=is_administrator,
        workteam_ids=[require_team(session, team).id for team in team_names],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return row


def offer_new_password(session: Session, public_id: str, *, digest: str, days: int, now: datetime) -> Invitation:
    """Create a one-time link to a new password and withdraw an earlier one.

    :raises UnknownPerson: if the person does not exist.
    :raises AccountDeactivated: if their account is deactivated.
    """
    worker = require_person(session, public_id)
    if worker.deactivated_at is not None:
        raise AccountDeactivated
    withdraw_password_links(session, worker.id, now)
    row = Invitation(
        digest=digest,
        email=worker.email,
        name=worker.name,
        is_administrator=worker.is_administrator,
        workteam_ids=[],
        worker_id=worker.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return row


def open_invitations(session: Session, now: datetime, *, with_expired: bool = False) -> list[Invitation]:
    """List invitations into new accounts that are neither used nor withdrawn, newest first."""
    statement = select(Invitation).where(
        Invitation.worker_id.is_(None), Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
    )
    if not with_expired:
        statement = statement.where(Invitation.expires_at > now)
    return list(session.scalars(statement.order_by(Invitation.created_at.desc(), Invitation.id.desc())))


def renew(session: Session, invitation_id: int, *, digest: str, days: int, now: datetime) -> Invitation:
    """Give an invitation a new link and its full time, in place of the old one; raises UnknownInvitation."""
    row = _require_open(session, invitation_id)
    row.digest = digest
    row.expires_at = now + timedelta(days=days)
    return row


def revoke(session: Session, invitation_id: int, now: datetime) -> None:
    """Withdraw an invitation; raises UnknownInvitation."""
    _require_open(session, invitation_id).revoked_at = now


def look_at(session: Session, digest: str, now: datetime) -> Invitation:
    """Find the invitation of a link that still works.

    :raises ReviewError: `InvitationUnknown`, `InvitationUsed`, `InvitationRevoked`, `InvitationExpired` or
        `AccountDeactivated`.
    """
    row = session.scalar(select(Invitation).where(Invitation.digest == digest))
    if row is None:
        raise InvitationUnknown
    if row.used_at is not None:
        raise InvitationUsed
    if row.revoked_at is not None:
        raise InvitationRevoked
    if row.expires_at <= now:
        raise InvitationExpired
    if row.worker_id is not None and session.get_one(Worker, row.worker_id).deactivated_at is not None:
        raise AccountDeactivated
    return row


def accept(session: Session, *, digest: str, name: str, password: str, now: datetime) -> Worker:
    """Use a link: create the account with its teams, or set the new password; return the account's worker.

    After an error the link still works.

    :raises AccountExists: if the e-mail has an account meanwhile.
    :raises InvalidInput: for a wrong name or password.
    :raises ReviewError: what `look_at` raises.
    """
    row = look_at(session, digest, now)
    taken = session.execute(
        update(Invitation)
        .where(Invitation.id == row.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(used_at=now)
        .returning(Invitation.id)
    ).first()
    if taken is None:  # another person was first, between the two statements
        raise InvitationUsed
    worker = _account_of(session, row, name, now)
    set_password(session, worker, password, now)
    withdraw_password_links(session, worker.id, now)
    return worker


def withdraw_password_links(session: Session, worker_id: int, now: datetime) -> None:
    """Withdraw all links to a new password of this worker."""
    session.execute(
        update(Invitation)
        .where(Invitation.worker_id == worker_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def checked_email(email: str) -> str:
    """Return an e-mail address as accounts have it, in lower case; raises InvalidInput."""
    address = email.strip().lower()
    if len(address) > LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise InvalidInput(f"{email.strip()[:LONGEST_EMAIL]!r} is not an e-mail address")
    return address


def _account_of(session: Session, row: Invitation, name: str, now: datetime) -> Worker:
    if row.worker_id is not None:
        return session.get_one(Worker, row.worker_id)
    if session.scalar(select(Worker.id).where(Worker.email == row.email)) is not None:
        raise AccountExists
    worker = new_account(session, name=name, email=row.email, is_administrator=row.is_administrator, now=now)
    for team in live_teams(session, row.workteam_ids):
        join(worker, team)
    return worker


def _require_open(session: Session, invitation_id: int) -> Invitation:
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is None or row.worker_id is not None or row.used_at is not None or row.revoked_at is not None:
        raise UnknownInvitation
    return row
