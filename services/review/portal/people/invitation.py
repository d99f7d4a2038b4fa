"""The page of a one-time link: into a new account, or to a new password."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from services.review.errors import InvalidInput
from services.review.people import invitations
from services.review.people.errors import PasswordsOff
from services.review.people.passwords import SHORTEST
from services.review.people.teams import live_teams
from services.review.portal.people.one_time_links import digest_of
from services.review.portal.sign_in.new_session import enter
from services.review.portal.visits import responses

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from services.review.portal.visits.visit import Visit
    from services.review.storage.tables import Invitation, Worker

logger = logging.getLogger(__name__)

LONGEST_TOKEN = 100


def show(visit: Visit) -> Response:
    """Show the form of a link that still works; opening it does not use it up, since mail servers open links too."""
    return _page(visit, visit.query.get("token", ""))


def accept(visit: Visit) -> Response:
    """Use the link: create the account or set the new password, and sign in."""
    form = visit.form
    token = form.get("token", "")[:LONGEST_TOKEN]
    if not visit.review.settings.password_sign_in:
        raise PasswordsOff

    def use(session: Session) -> Worker:
        worker = invitations.accept(
            session,
            digest=digest_of(visit, token),
            name=form.get("name", ""),
            password=form.get("password", ""),
            now=visit.review.clock(),
        )
        logger.info("one-time link used", extra={"worker": worker.public_id})
        return worker

    try:
        return enter(visit, use)
    except InvalidInput as error:  # a wrong name or password: the link still works
        return _page(visit, token, error)


def _page(visit: Visit, token: str, error: InvalidInput | None = None) -> Response:
    if not visit.review.settings.password_sign_in:
        raise PasswordsOff
    digest, now = digest_of(visit, token[:LONGEST_TOKEN]), visit.review.clock()

    def read(session: Session) -> tuple[Invitation, list[str]]:
        row = invitations.look_at(session, digest, now)
        return row, [team.name for team in live_teams(session, row.workteam_ids)]

    row, teams = visit.review.database.read(read)
    return responses.page(
        visit,
        "invitation.html",
        status=error.status if error else 200,
        token=token,
        invitation=row,
        teams=teams,
        name=visit.form.get("name", row.name),
        shortest=SHORTEST,
        message=responses.error_message(visit.texts, error) if error else "",
    )
