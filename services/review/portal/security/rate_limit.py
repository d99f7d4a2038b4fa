"""Failed sign-ins, counted in the database: a restart, or a second process, does not forget them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from services.review.errors import TooManyFailures
from services.review.storage.tables import SignInFailure

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 5
FAILURES_PER_ADDRESS = 30


def check(session: Session, email: str, address: str, now: datetime) -> None:
    """Raise TooManyFailures when an e-mail or an address has failed too often lately."""
    of_email = _count(session, now, SignInFailure.email == email[:254])
    of_address = _count(session, now, SignInFailure.address == address[:64])
    if of_email >= FAILURES_PER_EMAIL or of_address >= FAILURES_PER_ADDRESS:
        raise TooManyFailures


def note_failure(session: Session, email: str, address: str, now: datetime) -> None:
    """Remember that a sign-in failed."""
    session.add(SignInFailure(email=email[:254], address=address[:64], failed_at=now))


def forgive(session: Session, email: str) -> None:
    """Forget the failures of an e-mail whose owner has signed in."""
    session.execute(delete(SignInFailure).where(SignInFailure.email == email[:254]))


def forget_old(session: Session, now: datetime) -> None:
    """Drop what no longer counts."""
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at <= now - WINDOW))


def _count(session: Session, now: datetime, condition: object) -> int:
    statement = select(func.count()).select_from(SignInFailure).where(SignInFailure.failed_at > now - WINDOW)
    return session.scalars(statement.where(condition)).one()  # type: ignore[arg-type]
