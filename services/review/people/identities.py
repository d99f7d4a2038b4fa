"""Finds or creates the account of a person who signed in at a provider, by issuer and subject and nothing else."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.review.errors import InvalidInput
from services.review.people.accounts import LONGEST_NAME, new_account
from services.review.people.errors import AccountDeactivated, EmailTaken
from services.review.people.held_tasks import return_unreachable_tasks
from services.review.people.invitations import LONGEST_EMAIL, checked_email
from services.review.storage.tables import Worker, WorkerGroup, WorkerIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

logger = logging.getLogger(__name__)

# AWS's limit for a group of a work team: nobody can have a longer one.
LONGEST_GROUP = 63
# A domain that no mail can reach (RFC 2606): an account without a verified e-mail gets an address of its public id.
NO_EMAIL = "@no-email.invalid"


@dataclass(frozen=True)
class Policy:
    """The settings about claims."""

    groups_claim: str
    admin_group: str
    link_by_email: bool


def enter(session: Session, *, issuer: str, claims: Mapping[str, Any], policy: Policy, now: datetime) -> Worker:
    """Find or create the account of an identity, give it the provider's groups and role, and return it.

    :raises EmailTaken: if its verified e-mail is that of an account it may not take over.
    :raises AccountDeactivated: if the account is deactivated.
    """
    subject = str(claims["sub"])
    email, verified = _email(claims), claims.get("email_verified") in (True, "true")
    identity = session.scalar(
        select(WorkerIdentity).where(WorkerIdentity.issuer == issuer, WorkerIdentity.subject == subject)
    )
    if identity is None:
        worker = _first_sign_in(session, email if verified else "", _name(claims, subject), policy, now)
        identity = WorkerIdentity(worker_id=worker.id, issuer=issuer, subject=subject, email="", created_at=now)
        session.add(identity)
    else:
        worker = session.get_one(Worker, identity.worker_id)
    if worker.deactivated_at is not None:
        raise AccountDeactivated
    identity.email = email
    _take_groups(session, worker, _groups(claims, policy.groups_claim), policy, now)
    session.flush()
    return worker


def identity_of(session: Session, worker_id: int) -> WorkerIdentity | None:
    """Return the identity a worker was last given, if any."""
    return session.scalar(
        select(WorkerIdentity).where(WorkerIdentity.worker_id == worker_id).order_by(WorkerIdentity.id.desc()).limit(1)
    )


def _first_sign_in(session: Session, email: str, name: str, policy: Policy, now: datetime) -> Worker:
    there = session.scalar(select(Worker).where(Worker.email == email)) if email else None
    if there is None:
        worker = new_account(session, name=name, email=email or f"new{NO_EMAIL}", is_administrator=False, now=now)
        if not email:
            worker.email = f"{worker.public_id}{NO_EMAIL}"
        return worker
    if not policy.link_by_email:
        raise EmailTaken
    logger.info("account linked by its verified e-mail", extra={"worker": there.public_id})
    return there


def _take_groups(session: Session, worker: Worker, groups: set[str], policy: Policy, now: datetime) -> None:
    """Replace the groups that came from the provider with those it names now; groups from administrators stay."""
    if policy.admin_group:
        worker.is_administrator = policy.admin_group in groups
    worker.groups = [row for row in worker.groups if not row.from_provider or row.group_name in groups]
    there = {row.group_name for row in worker.groups}
    worker.groups += [
        WorkerGroup(worker_id=worker.id, group_name=group, from_provider=True) for group in sorted(groups - there)
    ]
    worker.updated_at = now
    return_unreachable_tasks(session, worker.id, now)


def _groups(claims: Mapping[str, Any], claim: str) -> set[str]:
    """Read the groups; a provider leaves the claim out for people without groups."""
    value = claims.get(claim) if claim else None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return set()
    return {group for group in value if isinstance(group, str) and 1 <= len(group) <= LONGEST_GROUP}


def _email(claims: Mapping[str, Any]) -> str:
    try:
        return checked_email(str(claims.get("email") or "")[: LONGEST_EMAIL + 1])
    except InvalidInput:
        return ""


def _name(claims: Mapping[str, Any], subject: str) -> str:
    for value in (claims.get("name"), claims.get("preferred_username"), claims.get("email"), subject):
        bare = "".join(sign for sign in " ".join(str(value or "").split()) if sign.isprintable())
        if bare:
            return bare[:LONGEST_NAME]
    return "?"
