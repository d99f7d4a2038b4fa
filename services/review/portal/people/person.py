"""One person, for administrators: teams, role, a new password, deactivation."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from services.review.errors import InvalidInput, ReviewError
from services.review.people import accounts, invitations
from services.review.people.errors import PasswordsOff
from services.review.people.roster import one_person
from services.review.portal.people.one_time_links import Handed, hand_over
from services.review.portal.visits import responses

if TYPE_CHECKING:
    from services.review.portal.visits.visit import Visit

logger = logging.getLogger(__name__)


def show(visit: Visit) -> Response:
    """Show a person's account."""
    return _page(visit)


def change_role(visit: Visit) -> Response:
    """Make a person an administrator, or a worker again."""
    role, now = visit.form.get("role", ""), visit.review.clock()
    if role not in {"worker", "administrator"}:
        raise InvalidInput("the role must be worker or administrator")
    administrator = role == "administrator"
    try:
        visit.review.database.write(
            lambda session: accounts.set_role(session, visit.path["person"], is_administrator=administrator, now=now)
        )
    except ReviewError as error:
        return _refused(visit, error)
    return _done(visit, f"role: {role}")


def deactivate(visit: Visit) -> Response:
    """Close an account at once; the tasks it holds return to the queue, its answers stay."""
    now = visit.review.clock()
    try:
        visit.review.database.write(lambda session: accounts.deactivate(session, visit.path["person"], now))
    except ReviewError as error:
        return _refused(visit, error)
    visit.review.wake_outbox()
    return _done(visit, "deactivated")


def reactivate(visit: Visit) -> Response:
    """Open a closed account again."""
    now = visit.review.clock()
    visit.review.database.write(lambda session: accounts.reactivate(session, visit.path["person"], now))
    return _done(visit, "reactivated")


def offer_new_password(visit: Visit) -> Response:
    """Create a one-time link to a new password."""
    settings, now = visit.review.settings, visit.review.clock()
    try:
        if not settings.password_sign_in:
            raise PasswordsOff
        handed = hand_over(
            visit,
            lambda session, digest: invitations.offer_new_password(
                session, visit.path["person"], digest=digest, days=settings.invitation_days, now=now
            ),
        )
    except ReviewError as error:
        return _refused(visit, error)
    logger.info("account changed", extra={"what": "link to a new password", "by": visit.worker.public_id})
    return _page(visit, handed=handed)


def _page(visit: Visit, *, handed: Handed | None = None, error: ReviewError | None = None) -> Response:
    now = visit.review.clock()
    person, teams = visit.review.database.read(lambda session: one_person(session, visit.path["person"], now))
    return responses.page(
        visit,
        "person.html",
        status=error.status if error else 200,
        person=person,
        teams=teams,
        handed=handed,
        message=responses.error_message(visit.texts, error) if error else "",
        with_password=visit.review.settings.password_sign_in,
    )


def _refused(visit: Visit, error: ReviewError) -> Response:
    return responses.error_response(visit, error) if error.status == 404 else _page(visit, error=error)


def _done(visit: Visit, what: str) -> Response:
    person = visit.path["person"]
    logger.info("account changed", extra={"worker": person, "what": what, "by": visit.worker.public_id})
    if person == visit.worker.public_id:  # they may have closed or demoted their own account
        return RedirectResponse("/portal/", 303)
    return RedirectResponse(f"/portal/admin/people/{quote(person, safe='')}", 303)
