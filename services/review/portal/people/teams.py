"""Teams and people, for administrators: who is in which team, who is invited."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from services.review.errors import InvalidInput, ReviewError
from services.review.people import invitations
from services.review.people import teams as rules
from services.review.people.errors import PasswordsOff
from services.review.people.roster import roster
from services.review.portal.people.one_time_links import Handed, hand_over
from services.review.portal.visits import responses

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.portal.visits.visit import Visit

logger = logging.getLogger(__name__)

HERE = "/portal/admin/teams"
TEAM_FIELD = "team:"


def show(visit: Visit) -> Response:
    """Show all teams with their members, all people, and open invitations."""
    return _page(visit)


def create(visit: Visit) -> Response:
    """Create a team with a group of its own name."""
    name, description = visit.form.get("name", "").strip(), visit.form.get("description", "")
    now = visit.review.clock()
    try:
        visit.review.database.write(lambda session: rules.create_team_of_own(session, name, description, now))
    except ReviewError as error:
        return _page(visit, error=error, opened="team")
    logger.info("team made", extra={"team": name, "by": visit.worker.public_id})
    return RedirectResponse(f"{HERE}#team-{quote(name)}", 303)


def add_member(visit: Visit) -> Response:
    """Make a person a member of a team."""
    team, person = visit.path["team"], visit.form.get("person", "")
    visit.review.database.write(lambda session: rules.add_member(session, team, person))
    logger.info("member added", extra={"team": team, "worker": person, "by": visit.worker.public_id})
    return RedirectResponse(_back(visit, team), 303)


def remove_member(visit: Visit) -> Response:
    """Remove a person from a team; their tasks of that team return to the queue."""
    team, person, now = visit.path["team"], visit.path["person"], visit.review.clock()
    visit.review.database.write(lambda session: rules.remove_member(session, team, person, now))
    visit.review.wake_outbox()
    logger.info("member removed", extra={"team": team, "worker": person, "by": visit.worker.public_id})
    return RedirectResponse(_back(visit, team), 303)


def invite(visit: Visit) -> Response:
    """Invite a person: by mail, or with a link to hand on."""
    settings, form = visit.review.settings, visit.form
    try:
        if not settings.password_sign_in:
            raise PasswordsOff
        if form.get("role", "worker") not in {"worker", "administrator"}:
            raise InvalidInput("the role must be worker or administrator")
        handed = hand_over(
            visit,
            lambda session, digest: invitations.invite(
                session,
                digest=digest,
                email=form.get("email", ""),
                name=form.get("name", ""),
                is_administrator=form.get("role") == "administrator",
                team_names=[key.removeprefix(TEAM_FIELD) for key in form if key.startswith(TEAM_FIELD)],
                days=settings.invitation_days,
                now=visit.review.clock(),
            ),
        )
    except ReviewError as error:
        return _page(visit, error=error, opened="invitation")
    logger.info("invited", extra={"by": visit.worker.public_id})
    return _page(visit, handed=handed)


def resend(visit: Visit) -> Response:
    """Create a new link for an invitation; the old one no longer works."""
    days, now = visit.review.settings.invitation_days, visit.review.clock()
    handed = hand_over(
        visit,
        lambda session, digest: invitations.renew(
            session, int(visit.path["invitation"]), digest=digest, days=days, now=now
        ),
    )
    return _page(visit, handed=handed)


def revoke(visit: Visit) -> Response:
    """Withdraw an invitation."""
    now = visit.review.clock()
    visit.review.database.write(lambda session: invitations.revoke(session, int(visit.path["invitation"]), now))
    return RedirectResponse(HERE, 303)


def _page(
    visit: Visit, *, handed: Handed | None = None, error: ReviewError | None = None, opened: str = ""
) -> Response:
    now = visit.review.clock()

    def read(session: Session) -> dict[str, object]:
        seen = roster(session, now)
        names = {team.id: team.name for team in rules.live_teams(session)}
        rows = invitations.open_invitations(session, now, with_expired=True)
        teams_of = {row.id: [names[id_] for id_ in row.workteam_ids if id_ in names] for row in rows}
        return {"roster": seen, "invitations": rows, "teams_of": teams_of}

    settings = visit.review.settings
    return responses.page(
        visit,
        "teams.html",
        status=error.status if error else 200,
        **visit.review.database.read(read),
        message=responses.error_message(visit.texts, error) if error else "",
        opened=opened,
        handed=handed,
        form=visit.form,
        now=now,
        days=settings.invitation_days,
        by_mail=visit.review.mailer.is_configured,
        can_invite=settings.password_sign_in,
    )


def _back(visit: Visit, team: str) -> str:
    """Go back to the person's page if the form was on it, else to the team."""
    person = visit.form.get("back", "")
    return f"/portal/admin/people/{quote(person, safe='')}" if person else f"{HERE}#team-{quote(team)}"
