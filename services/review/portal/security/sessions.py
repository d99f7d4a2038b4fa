"""Sessions: a random token in the browser, a digest of it in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from services.review.portal.security.tokens import derive, new_token
from services.review.storage.tables import Worker, WorkerSession

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.responses import Response

COOKIE = "nightloop_session"
COOKIE_PATH = "/portal"


@dataclass(frozen=True)
class SignedIn:
    """The worker a request comes from."""

    worker_id: int
    public_id: str
    name: str
    is_administrator: bool


def open_session(session: Session, worker_id: int, key: bytes, *, hours: int, now: datetime) -> str:
    """Begin a session and answer its token, which exists nowhere else."""
    token = new_token()
    session.add(
        WorkerSession(
            digest=derive(key, "session", token),
            worker_id=worker_id,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return token


def find_session(session: Session, token: str, key: bytes, now: datetime) -> SignedIn | None:
    """Find who a token belongs to; None when it is unknown, ended or too old."""
    row = session.get(WorkerSession, derive(key, "session", token))
    if row is None or row.expires_at <= now:
        return None
    worker = session.get_one(Worker, row.worker_id)
    return SignedIn(worker.id, worker.public_id, worker.name, worker.is_administrator)


def close_session(session: Session, token: str, key: bytes) -> None:
    """End a session."""
    session.execute(delete(WorkerSession).where(WorkerSession.digest == derive(key, "session", token)))


def forget_old(session: Session, now: datetime) -> None:
    """Drop sessions that are over."""
    session.execute(delete(WorkerSession).where(WorkerSession.expires_at <= now))


def set_cookie(response: Response, token: str, *, secure: bool, seconds: int | None = None) -> None:
    """Give the browser a token that no script can read and no other site can send along with a form."""
    response.set_cookie(COOKIE, token, max_age=seconds, path=COOKIE_PATH, httponly=True, samesite="lax", secure=secure)
