"""Changes an account: its name, password and role, and whether it is open."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import InvalidInput
from services.review.humanloops.output import public_worker_id
from services.review.people import passwords, sessions
from services.review.people.errors import LastAdministrator, UnknownPerson
from services.review.people.held_tasks import return_unreachable_tasks
from services.review.storage.tables import Worker

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

LONGEST_NAME = 200


def new_account(session: Session, *, name: str, email: str, is_administrator: bool, now: datetime) -> Worker:
    """Create an account without a password; no other account has this `email`."""
    subject = str(uuid.uuid4())
    public_id = public_worker_id(subject)
    worker = Worker(
        subject=subject,
        public_id=public_id,
        email=email,
        name=checked_name(name),
        password_hash="",
        is_administrator=is_administrator,
        created_at=now,
        updated_at=now,
    )
    session.add(worker)
    session.flush()
    return worker


def require_person(session: Session, public_id: str) -> Worker:
    """Find a person by their public id; raises UnknownPerson."""
    worker = session.scalar(select(Worker).where(Worker.public_id == public_id))
    if worker is None:
        raise UnknownPerson
    return worker


def set_role(session: Session, public_id: str, *, is_administrator: bool, now: datetime) -> None:
    """Make a person an administrator or a worker; raises LastAdministrator if no administrator would be left."""
    worker = require_person(session, public_id)
    if not is_administrator:
        _require_another_administrator(session, worker)
    worker.is_administrator = is_administrator
    worker.updated_at = now


def deactivate(session: Session, public_id: str, now: datetime) -> int:
    """Close an account: its sessions end, its tasks return to the queue, its answers stay; return how many tasks.

    :raises LastAdministrator: if no administrator would be left.
    """
    worker = require_person(session, public_id)
    _require_another_administrator(session, worker)
    worker.deactivated_at = worker.deactivated_at or now
    worker.updated_at = now
    sessions.close_all(session, worker.id)
    return return_unreachable_tasks(session, worker.id, now)


def reactivate(session: Session, public_id: str, now: datetime) -> None:
    """Open a closed account again, with the password and the teams it had."""
    worker = require_person(session, public_id)
    worker.deactivated_at = None
    worker.updated_at = now


def rename(session: Session, worker_id: int, name: str, now: datetime) -> None:
    """Change the name others see; raises InvalidInput for an empty or too long one."""
    worker = session.get_one(Worker, worker_id)
    worker.name = checked_name(name)
    worker.updated_at = now


def set_password(session: Session, worker: Worker, password: str, now: datetime) -> None:
    """Set a new password and end every session opened with the old one.

    :raises InvalidInput: if the password is too short, too long or easy to guess.
    """
    passwords.check_new(password, worker.email, worker.name)
    worker.password_hash = passwords.hash_password(password)
    worker.updated_at = now
    sessions.close_all(session, worker.id)


def checked_name(name: str) -> str:
    """Return a name without surrounding blanks; raises InvalidInput for an empty or too long one."""
    bare = " ".join(name.split())
    if not 1 <= len(bare) <= LONGEST_NAME or not bare.isprintable():
        raise InvalidInput(f"a name has 1 to {LONGEST_NAME} characters")
    return bare


def _require_another_administrator(session: Session, worker: Worker) -> None:
    if not worker.is_administrator:
        return
    # Locked, in one order, so that two administrators who close each other's accounts take turns.
    administrators = session.scalars(
        select(Worker)
        .where(Worker.is_administrator, Worker.deactivated_at.is_(None))
        .order_by(Worker.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if all(other.id == worker.id for other in administrators):
        raise LastAdministrator
