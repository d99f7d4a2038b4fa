"""CSRF tokens: every POST repeats a value that only a page of ours can have read.

The token is derived from the cookie of the visit, so it needs no storage, and a new sign-in gives a new one.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from services.review.errors import ForgedRequest
from services.review.people.tokens import derive

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELD = "csrf_token"
HEADER = "x-csrf-token"


def token_for(key: bytes, visit_token: str) -> str:
    """Make the CSRF token of a visit."""
    return derive(key, "csrf", visit_token)


def check(expected: str, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """Raise ForgedRequest unless the form or the header repeats the token."""
    given = form.get(FIELD) or headers.get(HEADER) or ""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise ForgedRequest
