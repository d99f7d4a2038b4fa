"""Signing in and out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from services.review.errors import TooManyFailures, WrongCredentials
from services.review.portal import views
from services.review.portal.security import passwords, rate_limit, sessions
from services.review.portal.security.tokens import new_token
from services.review.storage.tables import Worker

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.portal.door import Visit

logger = logging.getLogger(__name__)


def show(visit: Visit) -> Response:
    """Show the form; who is signed in goes on to the jobs."""
    if visit.signed_in:
        return RedirectResponse("/portal/", 303)
    return views.page(visit, "sign_in.html", message="", email="")


def submit(visit: Visit) -> Response:
    """Check e-mail and password and open a session."""
    email = visit.form.get("email", "").strip().lower()
    try:
        worker_id = _authenticate(visit, email, visit.form.get("password", ""))
    except (WrongCredentials, TooManyFailures) as error:
        message = views.error_message(visit.texts, error)
        return views.page(visit, "sign_in.html", status=error.status, message=message, email=email)
    token = visit.review.database.write(lambda session: _begin(session, visit, worker_id, email))
    response = RedirectResponse("/portal/", 303)
    settings = visit.review.settings
    seconds = settings.session_hours * 3600
    sessions.set_cookie(response, token, secure=settings.public_url.startswith("https:"), seconds=seconds)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    key = visit.review.settings.signing_key()
    visit.review.database.write(lambda session: sessions.close_session(session, visit.token, key))
    response = RedirectResponse("/portal/sign-in", 303)
    sessions.set_cookie(response, new_token(), secure=visit.review.settings.public_url.startswith("https:"))
    return response


def _authenticate(visit: Visit, email: str, password: str) -> int:
    now, database = visit.review.clock(), visit.review.database

    def find(session: Session) -> Worker | None:
        rate_limit.check(session, email, visit.address, now)
        return session.scalar(select(Worker).where(Worker.email == email))

    worker = database.read(find)
    if passwords.matches(worker.password_hash if worker else None, password) and worker:
        logger.info("signed in", extra={"worker": worker.public_id})
        return worker.id
    database.write(lambda session: rate_limit.note_failure(session, email, visit.address, now))
    logger.warning("sign-in failed", extra={"address": visit.address})
    raise WrongCredentials


def _begin(session: Session, visit: Visit, worker_id: int, email: str) -> str:
    settings = visit.review.settings
    rate_limit.forgive(session, email)
    return sessions.open_session(
        session, worker_id, settings.signing_key(), hours=settings.session_hours, now=visit.review.clock()
    )
