"""Signs people in at the OpenID Connect provider: there, and back."""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from starlette.responses import RedirectResponse, Response

from services.review.errors import ReviewError
from services.review.people import identities
from services.review.people.errors import (
    ProviderAnswerInvalid,
    ProviderNotConfigured,
    ProviderRefused,
    ProviderUnavailable,
)
from services.review.people.tokens import derive, new_token
from services.review.portal.sign_in.form import sign_in_form
from services.review.portal.sign_in.new_session import enter
from services.review.storage.tables import ProviderSignIn, ProviderToken

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.people.oidc_provider import Provider, SignedInThere
    from services.review.portal.visits.visit import Visit
    from services.review.storage.tables import Worker

logger = logging.getLogger(__name__)

# How long a person may take to sign in at the provider.
UNDER_WAY = timedelta(minutes=15)
LONGEST_PARAMETER = 4096


def start(visit: Visit) -> Response:
    """Send the browser to the provider; the answer must come back to this browser, once, and soon."""
    provider, key, now = _provider(visit), visit.review.settings.signing_key(), visit.review.clock()
    state = new_token()
    try:
        address = provider.authorization_url(state=state, nonce=_nonce(key, state), verifier=_verifier(key, state))
    except ReviewError as error:
        return sign_in_form(visit, error)

    def remember(session: Session) -> None:
        session.execute(delete(ProviderSignIn).where(ProviderSignIn.created_at <= now - UNDER_WAY))
        row = ProviderSignIn(
            state_digest=derive(key, "state", state), visit_digest=derive(key, "visit", visit.token), created_at=now
        )
        session.add(row)

    visit.review.database.write(remember)
    return RedirectResponse(address, 303)


def callback(visit: Visit) -> Response:
    """Accept what the provider sent the browser back with, and open a session."""
    provider = _provider(visit)
    try:
        there = _signed_in_there(visit, provider)
        return enter(visit, lambda session: _arrive(session, visit, there), id_token=there.id_token)
    except ReviewError as error:
        logger.info("sign-in at the provider failed", extra={"reason": type(error).__name__})
        return sign_in_form(visit, error)


def sign_out_address(visit: Visit) -> str:
    """Return where this session's browser signs out at the provider, or an empty text.

    The session here ends whether or not the provider can be reached.
    """
    provider = visit.review.provider
    if provider is None or visit.signed_in is None:
        return ""
    digest = visit.signed_in.session_digest
    token = visit.review.database.read(lambda session: session.get(ProviderToken, digest))
    if token is None:
        return ""
    try:
        return provider.sign_out_url(token.id_token) or ""
    except ProviderUnavailable:
        logger.warning("signed out only here: the provider cannot be reached")
        return ""


def _provider(visit: Visit) -> Provider:
    if visit.review.provider is None:
        raise ProviderNotConfigured
    return visit.review.provider


def _signed_in_there(visit: Visit, provider: Provider) -> SignedInThere:
    query = {name: visit.query.get(name, "")[:LONGEST_PARAMETER] for name in ("state", "code", "error", "iss")}
    _take_state(visit, query["state"])
    if query["iss"] and query["iss"] != provider.issuer:  # RFC 9207: the answer of another provider
        raise ProviderAnswerInvalid
    if query["error"] or not query["code"]:
        reason = query["error"][:100] or "no code"
        raise ProviderRefused(f"the provider answered {reason}", reason=reason)
    key = visit.review.settings.signing_key()
    return provider.sign_in(
        code=query["code"],
        nonce=_nonce(key, query["state"]),
        verifier=_verifier(key, query["state"]),
        now=visit.review.clock(),
    )


def _take_state(visit: Visit, state: str) -> None:
    """Use up a state; raises ProviderAnswerInvalid if it is of another browser, too old, or already used."""
    key, now = visit.review.settings.signing_key(), visit.review.clock()

    def take(session: Session) -> tuple[str, bool] | None:
        row = session.execute(
            delete(ProviderSignIn)
            .where(ProviderSignIn.state_digest == derive(key, "state", state))
            .returning(ProviderSignIn.visit_digest, ProviderSignIn.created_at)
        ).first()
        return (row.visit_digest, row.created_at > now - UNDER_WAY) if row else None

    taken = visit.review.database.write(take)
    if taken is None or not taken[1] or not hmac.compare_digest(taken[0], derive(key, "visit", visit.token)):
        raise ProviderAnswerInvalid


def _arrive(session: Session, visit: Visit, there: SignedInThere) -> Worker:
    settings = visit.review.settings
    policy = identities.Policy(
        groups_claim=settings.oidc_groups_claim,
        admin_group=settings.oidc_admin_group,
        link_by_email=settings.oidc_link_by_email,
    )
    now = visit.review.clock()
    worker = identities.enter(session, issuer=there.issuer, claims=there.claims, policy=policy, now=now)
    logger.info("signed in at the provider", extra={"worker": worker.public_id})
    return worker


def _nonce(key: bytes, state: str) -> str:
    return derive(key, "nonce", state)


def _verifier(key: bytes, state: str) -> str:
    return derive(key, "verifier", state)
