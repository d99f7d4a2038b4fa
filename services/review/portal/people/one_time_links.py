"""Handing over a one-time link: by mail where a server is configured, else shown once to the administrator."""

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
    """What became of a link: mailed, or to be handed on, and why it was not mailed."""

    email: str
    name: str
    link: str
    expires_at: str
    problem: str = ""


def digest_of(visit: Visit, token: str) -> str:
    """Return what the database knows of a link's token."""
    return derive(visit.review.settings.signing_key(), "invitation", token)


def hand_over(visit: Visit, make: Callable[[Session, str], Invitation]) -> Handed:
    """Make a link (`make` gets a session and the digest to store) and mail it; one that was mailed is not shown.

    The invitation is stored before the mail goes out: whoever opens the link finds it.
    """
    token = new_token()
    digest = digest_of(visit, token)
    row = visit.review.database.write(lambda session: make(session, digest))
    # In the query, not in the path: no log of ours has it.
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
