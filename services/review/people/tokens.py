"""Random tokens, and values derived from them with the service's secret key."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Make an unguessable token."""
    return secrets.token_urlsafe(32)


def derive(key: bytes, purpose: str, token: str) -> str:
    """Derive a value of `purpose` from a token; it needs the key and cannot be reversed."""
    return hmac.new(key, f"{purpose}:{token}".encode(), hashlib.sha256).hexdigest()
