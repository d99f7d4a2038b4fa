"""Passwords: argon2id, a few at a time."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.review.errors import InvalidInput

SHORTEST = 8
LONGEST = 1000

_hasher = PasswordHasher()
# Each check takes 64 MiB for a moment: a crowd at the door must not take all there is.
_at_once = threading.BoundedSemaphore(4)
# Checked when the e-mail is unknown, so that the time of the answer does not tell which e-mails exist.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Hash a new password; raises InvalidInput for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"a password has {SHORTEST} to {LONGEST} characters")
    with _at_once:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the one of this hash; None stands for a worker who does not exist."""
    with _at_once:
        try:
            right = _hasher.verify(password_hash or _NOBODY, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
