"""The page "My account": name, password, and where the worker is signed in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from services.review.errors import ReviewError
from services.review.people import accounts, passwords, sessions
from services.review.people.errors import PasswordsOff
from services.review.people.invitations import withdraw_password_links
from services.review.people.roster import one_person
from services.review.people.tokens import new_token
from services.review.portal.account.browser_names import browser_name
from services.review.portal.security import cookies
from services.review.portal.sign_in.new_session import enter
from services.review.portal.sign_in.sign_in import authenticate
from services.review.portal.visits import responses
from services.review.storage.tables import Worker

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.portal.visits.visit import Visit

logger = logging.getLogger(__name__)


def show(visit: Visit) -> Response:
    """Show the account and its sessions."""
    return _page(visit)


def change_name(visit: Visit) -> Response:
    """Change the name others see."""
    name, now = visit.form.get("name", ""), visit.review.clock()
    try:
        visit.review.database.write(lambda session: accounts.rename(session, visit.worker.worker_id, name, now))
    except ReviewError as error:
        return _page(visit, error=error)
    return RedirectResponse("/portal/account?done=name", 303)


def change_password(visit: Visit) -> Response:
    """Change the password, which needs the old one; all other sessions end, and this one gets a new token."""
    form, now = visit.form, visit.review.clock()

    def change(session: Session) -> Worker:
        worker = session.get_one(Worker, visit.worker.worker_id)
        accounts.set_password(session, worker, form.get("new_password", ""), now)
        withdraw_password_links(session, worker.id, now)
        return worker

    try:
        if not visit.review.settings.password_sign_in:
            raise PasswordsOff
        worker = visit.review.database.read(lambda session: session.get_one(Worker, visit.worker.worker_id))
        authenticate(visit, worker.email, form.get("password", ""))
        response = enter(visit, change)
    except ReviewError as error:
        return _page(visit, error=error)
    logger.info("password changed", extra={"worker": visit.worker.public_id})
    response.headers["location"] = "/portal/account?done=password"
    return response


def sign_out_everywhere(visit: Visit) -> Response:
    """End all sessions of this worker, including this one."""
    visit.review.database.write(lambda session: sessions.close_all(session, visit.worker.worker_id))
    logger.info("signed out everywhere", extra={"worker": visit.worker.public_id})
    response = RedirectResponse("/portal/sign-in", 303)
    cookies.set_session(response, visit.review.settings, new_token())
    return response


def _page(visit: Visit, *, error: ReviewError | None = None) -> Response:
    now, worker = visit.review.clock(), visit.worker

    def read(session: Session) -> dict[str, object]:
        person, _ = one_person(session, worker.public_id, now)
        rows = [
            {
                "browser": browser_name(row.browser),
                "since": row.created_at,
                "seen": row.last_seen_at or row.created_at,
                "here": row.digest == worker.session_digest,
            }
            for row in sessions.sessions_of(session, worker.worker_id, now)
        ]
        return {"person": person, "sessions": rows}

    done = visit.query.get("done", "")
    return responses.page(
        visit,
        "account.html",
        status=error.status if error else 200,
        **visit.review.database.read(read),
        message=responses.error_message(visit.texts, error) if error else "",
        done=done if done in {"name", "password"} else "",
        shortest=passwords.SHORTEST,
        with_password=visit.review.settings.password_sign_in,
    )
