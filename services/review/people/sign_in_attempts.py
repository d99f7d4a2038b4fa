"""Counts failed sign-ins in the database, so that restarts and further processes do not forget them.

An attempt is recorded before the password is checked, and removed if the password was right, so attempts sent at once
count like attempts sent one by one. A browser with which the owner of an e-mail has signed in before has a count of its
own, so a person who keeps failing on purpose locks out unknown browsers, and not the owner's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from services.review.errors import TooManyFailures
from services.review.storage.tables import SignInFailure

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from services.review.storage.database.engine import Database

WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 5
FAILURES_PER_ADDRESS = 30
FAILURES_PER_DEVICE = 5
_DEVICE = "device "


def note_attempt(database: Database, email: str, address: str, now: datetime, *, device: str = "") -> None:
    """Count an attempt as failed until `forgive` is called; `device` names a browser the e-mail's owner has used.

    :raises TooManyFailures: if there were too many; this attempt does not count, so that a lock ends WINDOW after the
        failures that caused it.
    """
    place = f"{_DEVICE}{device}" if device else address
    failure_id = database.write(lambda session: _note(session, email, place, now))
    # Counted in a transaction of its own: then each of two simultaneous attempts sees the other.
    if database.read(lambda session: _is_too_many(session, email, place, now, failure_id)):
        database.write(lambda session: _take_back(session, failure_id))
        raise TooManyFailures


def forgive(session: Session, email: str) -> None:
    """Forget the failures of an e-mail whose owner has signed in."""
    session.execute(delete(SignInFailure).where(SignInFailure.email == email[:254]))


def forget_old(session: Session, now: datetime) -> None:
    """Delete what no longer counts."""
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at <= now - WINDOW))


def _note(session: Session, email: str, place: str, now: datetime) -> int:
    failure = SignInFailure(email=email[:254], address=place[:64], failed_at=now)
    session.add(failure)
    session.flush()
    return failure.id


def _take_back(session: Session, failure_id: int) -> None:
    session.execute(delete(SignInFailure).where(SignInFailure.id == failure_id))


def _is_too_many(session: Session, email: str, place: str, now: datetime, own: int) -> bool:
    at_place = SignInFailure.address == place[:64]
    of_email = SignInFailure.email == email[:254]
    if place.startswith(_DEVICE):
        return _count(session, now, own, of_email & at_place) >= FAILURES_PER_DEVICE
    elsewhere = of_email & SignInFailure.address.not_like(f"{_DEVICE}%")
    if _count(session, now, own, elsewhere) >= FAILURES_PER_EMAIL:
        return True
    return _count(session, now, own, at_place) >= FAILURES_PER_ADDRESS


def _count(session: Session, now: datetime, own: int, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(SignInFailure)
    recent = statement.where(SignInFailure.failed_at > now - WINDOW, SignInFailure.id != own)
    return session.scalars(recent.where(condition)).one()
