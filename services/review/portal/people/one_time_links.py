"""Delivers a one-time link: by mail if a server is configured, else shown once to the administrator."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.review.people.errors import MailFailed
from services.review.people.identities import NO_EMAIL
from services.review.people.tokens import derive, new_token
from services.review.portal.visits.responses import error_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from services.review.portal.visits.visit import Visit
    from services.review.storage.tables import Invitation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handed:
    """What happened to a link: mailed, or to be handed on, and why it was not mailed."""

    email: str
    name: str
    link: str
    expires_at: str
    problem: str = ""


def digest_of(visit: Visit, token: str) -> str:
    """Return the digest of a link's token, as the database stores it."""
    return derive(visit.review.settings.signing_key(), "invitation", token)


def hand_over(visit: Visit, make: Callable[[Session, str], Invitation]) -> Handed:
    """Create a link (`make` gets a session and the digest to store) and mail it; a mailed link is not shown.

    The invitation is stored before the mail is sent, so it exists when the link is opened.
    """
    token = new_token()
    digest = digest_of(visit, token)
    row = visit.review.database.write(lambda session: make(session, digest))
    # In the query, not in the path, so that our logs do not contain it.
    link = f"{visit.review.settings.origin}/portal/invitation?token={token}"
    handed = Handed(row.email, row.name, link, f"{row.expires_at:%Y-%m-%d %H:%M}")
    mailer = visit.review.mailer
    if not mailer.is_configured or row.email.endswith(NO_EMAIL):
        return handed
    kind = "invitation" if row.worker_id is None else "new_password"
    values = {"name": row.name or row.email, "link": link, "expires_at": handed.expires_at, "sender": visit.worker.name}
    try:
        mailer.send(row.email, visit.texts(f"mail.{kind}_subject"), visit.texts(f"mail.{kind}", **values))
    except MailFailed as error:
        return Handed(row.email, row.name, link, handed.expires_at, error_message(visit.texts, error))
    return Handed(row.email, row.name, "", handed.expires_at)
