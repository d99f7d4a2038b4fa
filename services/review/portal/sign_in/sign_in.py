"""Signs people in with a password, and out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from services.review.errors import TooManyFailures, WrongCredentials
from services.review.people import passwords, sessions, sign_in_attempts
from services.review.people.errors import AccountDeactivated, PasswordsOff
from services.review.people.tokens import new_token
from services.review.portal.security import cookies
from services.review.portal.sign_in import oidc
from services.review.portal.sign_in.form import provider_name, sign_in_form
from services.review.portal.sign_in.new_session import enter
from services.review.portal.visits import responses
from services.review.storage.tables import Worker

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.portal.visits.visit import Visit

logger = logging.getLogger(__name__)


def show(visit: Visit) -> Response:
    """Show the form; a signed-in worker goes on to the jobs."""
    if visit.signed_in:
        return RedirectResponse("/portal/", 303)
    return sign_in_form(visit)


def submit(visit: Visit) -> Response:
    """Check e-mail and password and open a session."""
    if not visit.review.settings.password_sign_in:
        return sign_in_form(visit, PasswordsOff())
    email = visit.form.get("email", "").strip().lower()
    password = visit.form.get("password", "")
    try:
        worker = authenticate(visit, email, password)
        return enter(visit, lambda session: _arrive(session, worker.id, password))
    except (WrongCredentials, TooManyFailures, AccountDeactivated) as error:
        return sign_in_form(visit, error, email=email)


def sign_out(visit: Visit) -> Response:
    """End the session; a worker who signed in at the provider is sent there to sign out too."""
    key = visit.review.settings.signing_key()
    there = oidc.sign_out_address(visit)
    visit.review.database.write(lambda session: sessions.close_session(session, visit.token, key))
    if there:
        response = responses.page(visit, "signed_out.html", there=there, provider=provider_name(visit))
    else:
        response = RedirectResponse("/portal/sign-in", 303)
    cookies.set_session(response, visit.review.settings, new_token())
    return response


def authenticate(visit: Visit, email: str, password: str) -> Worker:
    """Find the worker of an e-mail and password; raises WrongCredentials, TooManyFailures.

    An unknown e-mail takes the same path and the same time as a wrong password.
    """
    review = visit.review
    device = cookies.known_device(review.settings, visit.cookies, email)
    sign_in_attempts.note_attempt(review.database, email, visit.address, review.clock(), device=device)
    worker = review.database.read(lambda session: session.scalar(select(Worker).where(Worker.email == email)))
    if not passwords.matches(worker.password_hash if worker else None, password) or worker is None:
        logger.warning("sign-in failed", extra={"address": visit.address})
        raise WrongCredentials
    return worker


def _arrive(session: Session, worker_id: int, password: str) -> Worker:
    worker = session.get_one(Worker, worker_id)
    # Only a person who knows the password sees this.
    if worker.deactivated_at is not None:
        raise AccountDeactivated
    if passwords.is_outdated(worker.password_hash):
        worker.password_hash = passwords.hash_password(password)
    logger.info("signed in", extra={"worker": worker.public_id})
    return worker
