"""The portal's two cookies: the session, and the mark of a browser with an earlier sign-in.

Over https their names begin with `__Host-`: browsers then accept them only from this host and over https, so that
another host of the same domain cannot plant a session of its own.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from services.review.people.tokens import derive, new_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from services.review.config.settings import Settings

SESSION = "nightloop_session"
DEVICE = "nightloop_device"
DEVICE_SECONDS = 365 * 86_400
PATH = "/portal"


def session_token(settings: Settings, cookies: Mapping[str, str]) -> str:
    """Return the token that the browser sent, or an empty text."""
    return cookies.get(_name(settings, SESSION), "")


def set_session(response: Response, settings: Settings, token: str, *, lasting: bool = False) -> None:
    """Give the browser a token that no script can read and no other site can send along with a form."""
    _set(response, settings, SESSION, token, settings.session_hours * 3600 if lasting else None)


def sets_session(response: Response, settings: Settings) -> bool:
    """Tell whether a response already gives the browser a token."""
    return any(
        name == b"set-cookie" and value.startswith(f"{_name(settings, SESSION)}=".encode())
        for name, value in response.raw_headers
    )


def set_device(response: Response, settings: Settings, email: str) -> None:
    """Mark a browser as one that the owner of an e-mail has signed in with."""
    nonce = new_token()
    _set(response, settings, DEVICE, f"{nonce}.{_seal(settings, email, nonce)}", DEVICE_SECONDS)


def known_device(settings: Settings, cookies: Mapping[str, str], email: str) -> str:
    """Return the name of a browser that this e-mail has signed in with before, or an empty text."""
    nonce, _, seal = cookies.get(_name(settings, DEVICE), "")[:300].partition(".")
    if not nonce or not hmac.compare_digest(seal.encode(), _seal(settings, email, nonce).encode()):
        return ""
    return derive(settings.signing_key(), "device name", nonce)[:40]


def _seal(settings: Settings, email: str, nonce: str) -> str:
    return derive(settings.signing_key(), "device", f"{email}:{nonce}")


def _name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.is_secure else name


def _set(response: Response, settings: Settings, name: str, value: str, seconds: int | None) -> None:
    secure = settings.is_secure
    path = "/" if secure else PATH  # the prefix requires it
    response.set_cookie(
        _name(settings, name), value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure
    )
