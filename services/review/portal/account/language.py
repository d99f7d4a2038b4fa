"""The language a worker chose, in a cookie of its own that outlives their session."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from services.review.errors import InvalidInput
from services.review.portal.visits.texts import LANGUAGE_COOKIE, languages

if TYPE_CHECKING:
    from services.review.portal.visits.visit import Visit

YEAR_SECONDS = 31_536_000


def choose(visit: Visit) -> Response:
    """Remember a language and go back to the page the worker came from.

    :raises InvalidInput: for an unknown language.
    """
    chosen = visit.form.get("language", "")
    if chosen not in languages():
        raise InvalidInput(f"the portal has {', '.join(sorted(languages()))}, not {chosen!r}")
    response = RedirectResponse(_own_page(visit.form.get("back", "")), 303)
    secure = visit.review.settings.public_url.startswith("https:")
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR_SECONDS, path="/portal", samesite="lax", secure=secure)
    return response


def _own_page(address: str) -> str:
    """Return the path of a page of the portal; anything else is the list of jobs."""
    path = urlsplit(address).path if address.isascii() and "\\" not in address else ""
    return path if path.startswith("/portal/") and not path.startswith("/portal//") else "/portal/"
