"""Sessions: a random token in the browser, a digest of it in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from services.review.people.tokens import derive, new_token
from services.review.storage.tables import Worker, WorkerSession

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.config.settings import Settings

LONGEST_BROWSER = 200
# A row is written at most this often for an active browser.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """The worker a request comes from, and the session it belongs to."""

    worker_id: int
    public_id: str
    name: str
    is_administrator: bool
    session_digest: str
    last_seen_at: datetime

    def is_due(self, now: datetime, idle: timedelta) -> bool:
        """Tell whether it is time to record that this session is used."""
        return now - self.last_seen_at >= min(SEEN_EVERY, idle / 10)


def open_session(
    session: Session, worker_id: int, key: bytes, *, hours: int, now: datetime, browser: str = ""
) -> tuple[str, str]:
    """Begin a session; return its token, which exists nowhere else, and its digest."""
    token = new_token()
    digest = digest_of(key, token)
    session.add(
        WorkerSession(
            digest=digest,
            worker_id=worker_id,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            last_seen_at=now,
            browser=browser[:LONGEST_BROWSER],
        )
    )
    session.flush()
    return token, digest


def find_session(session: Session, token: str, key: bytes, now: datetime, idle: timedelta) -> SignedIn | None:
    """Find the owner of a token; None if it is unknown, ended, too old or long unused, or the account is closed."""
    row = session.get(WorkerSession, digest_of(key, token))
    if row is None or row.expires_at <= now:
        return None
    seen = row.last_seen_at or row.created_at
    worker = session.get_one(Worker, row.worker_id)
    if seen + idle <= now or worker.deactivated_at is not None:
        return None
    return SignedIn(worker.id, worker.public_id, worker.name, worker.is_administrator, row.digest, seen)


def note_seen(session: Session, digest: str, now: datetime) -> None:
    """Record that a session is used."""
    session.execute(update(WorkerSession).where(WorkerSession.digest == digest).values(last_seen_at=now))


def sessions_of(session: Session, worker_id: int, now: datetime) -> list[WorkerSession]:
    """List a worker's open sessions, the last used first."""
    rows = session.scalars(
        select(WorkerSession).where(WorkerSession.worker_id == worker_id, WorkerSession.expires_at > now)
    )
    return sorted(rows, key=lambda row: row.last_seen_at or row.created_at, reverse=True)


def close_session(session: Session, token: str, key: bytes) -> None:
    """End a session."""
    session.execute(delete(WorkerSession).where(WorkerSession.digest == digest_of(key, token)))


def close_all(session: Session, worker_id: int) -> None:
    """End all sessions of a worker."""
    session.execute(delete(WorkerSession).where(WorkerSession.worker_id == worker_id))


def forget_old(session: Session, now: datetime) -> None:
    """Delete sessions that have ended."""
    session.execute(delete(WorkerSession).where(WorkerSession.expires_at <= now))


def digest_of(key: bytes, token: str) -> str:
    """Return the digest of a session's token, as the database stores it."""
    return derive(key, "session", token)


def idle_time(settings: Settings) -> timedelta:
    """Return how long a session may go unused."""
    return timedelta(minutes=settings.session_idle_minutes)
