"""The form of both ways to sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.review.portal.visits import responses

if TYPE_CHECKING:
    from starlette.responses import Response

    from services.review.errors import ReviewError
    from services.review.portal.visits.visit import Visit


def sign_in_form(visit: Visit, error: ReviewError | None = None, *, email: str = "") -> Response:
    """Show the form, with the error."""
    settings = visit.review.settings
    return responses.page(
        visit,
        "sign_in.html",
        status=error.status if error else 200,
        message=responses.error_message(visit.texts, error) if error else "",
        email=email,
        with_password=settings.password_sign_in,
        provider=provider_name(visit) if settings.oidc_issuer else "",
    )


def provider_name(visit: Visit) -> str:
    """Return the provider's name on pages."""
    settings = visit.review.settings
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or settings.oidc_issuer
