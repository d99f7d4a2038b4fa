"""Opens a session for a person who has been identified, by password or provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from services.review.people import sessions, sign_in_attempts
from services.review.portal.security import cookies
from services.review.storage.tables import ProviderToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from services.review.portal.visits.visit import Visit
    from services.review.storage.tables import Worker


def enter(visit: Visit, identify: Callable[[Session], Worker], *, id_token: str = "") -> Response:
    """Run `identify` and open a session for the worker it returns, in one transaction; go on to the jobs.

    The token is new, and the session the browser had before ends.
    """
    settings = visit.review.settings
    key, now = settings.signing_key(), visit.review.clock()

    def begin(session: Session) -> tuple[str, str]:
        worker = identify(session)
        sign_in_attempts.forgive(session, worker.email)
        sessions.close_session(session, visit.token, key)
        token, digest = sessions.open_session(
            session, worker.id, key, hours=settings.session_hours, now=now, browser=visit.browser
        )
        if id_token:
            session.add(ProviderToken(session_digest=digest, id_token=id_token))
        return token, worker.email

    token, email = visit.review.database.write(begin)
    response = RedirectResponse("/portal/", 303)
    cookies.set_session(response, settings, token, lasting=True)
    cookies.set_device(response, settings, email)
    return response
