"""Creates and changes the accounts of workers and administrators from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.people import passwords
from services.review.people.accounts import checked_name, new_account, set_password
from services.review.people.invitations import checked_email
from services.review.storage.tables import Worker, WorkerGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


def save_worker(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    groups: Sequence[str],
    is_administrator: bool,
    now: datetime,
) -> str:
    """Create the account of an e-mail, or change it, and return the worker's public id, which never changes.

    A closed account is open again: this lets in administrators who have locked themselves out. A new password ends the
    sessions opened with the old one; the password it already has ends none.

    :raises InvalidInput: for a wrong e-mail, name, group or password.
    """
    address = checked_email(email)
    worker = session.scalar(select(Worker).where(Worker.email == address))
    if worker is None:
        worker = new_account(session, name=name, email=address, is_administrator=is_administrator, now=now)
    worker.name = checked_name(name)
    worker.is_administrator = is_administrator
    worker.deactivated_at = None
    if not passwords.matches(worker.password_hash, password):
        set_password(session, worker, password, now)
    set_groups(worker, groups)
    return worker.public_id


def set_groups(worker: Worker, groups: Sequence[str]) -> None:
    """Make these the worker's groups, in place of those they have from any source."""
    wanted = set(groups)
    worker.groups = [row for row in worker.groups if row.group_name in wanted]
    there = {row.group_name for row in worker.groups}
    worker.groups += [WorkerGroup(worker_id=worker.id, group_name=group) for group in sorted(wanted - there)]
