"""Making and changing the accounts of workers and administrators."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import InvalidInput
from services.review.humanloops.output import public_worker_id
from services.review.portal.security.passwords import hash_password
from services.review.storage.tables import Worker, WorkerGroup, WorkerSession

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
    """Make the account of an e-mail, or change it, and answer the worker's public id, which stays the same.

    A new password ends the sessions opened with the old one. Raises InvalidInput.
    """
    address = email.strip().lower()
    if "@" not in address.strip("@"):
        raise InvalidInput(f"{email!r} is not an e-mail address")
    worker = session.scalar(select(Worker).where(Worker.email == address))
    if worker is None:
        subject = str(uuid.uuid4())
        worker = Worker(subject=subject, public_id=public_worker_id(subject), email=address, created_at=now)
        session.add(worker)
    worker.name = name
    worker.password_hash = hash_password(password)
    worker.is_administrator = is_administrator
    worker.updated_at = now
    session.flush()
    _set_groups(worker, groups)
    for old in session.scalars(select(WorkerSession).where(WorkerSession.worker_id == worker.id)):
        session.delete(old)
    return worker.public_id


def _set_groups(worker: Worker, groups: Sequence[str]) -> None:
    wanted = set(groups)
    worker.groups = [row for row in worker.groups if row.group_name in wanted]
    there = {row.group_name for row in worker.groups}
    worker.groups += [WorkerGroup(worker_id=worker.id, group_name=group) for group in sorted(wanted - there)]
