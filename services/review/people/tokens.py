"""Random tokens and what is derived from them with the service's secret key."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Make an unguessable token."""
    return secrets.token_urlsafe(32)


def derive(key: bytes, purpose: str, token: str) -> str:
    """Derive a value of `purpose` from a token; without the key nobody can, and there is no way back."""
    return hmac.new(key, f"{purpose}:{token}".encode(), hashlib.sha256).hexdigest()
