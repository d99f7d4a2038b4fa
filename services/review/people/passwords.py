"""Passwords: argon2id, a few at a time."""

from __future__ import annotations

import re
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.review.errors import InvalidInput
from services.review.people.errors import PasswordTooObvious, PasswordTooShort

SHORTEST = 10
LONGEST = 1000

_hasher = PasswordHasher()
# Each check takes 64 MiB for a moment: many sign-ins at once must not take all memory.
_at_once = threading.BoundedSemaphore(4)
# Checked when the e-mail is unknown, so that the time of the answer does not tell which e-mails exist.
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))
# The passwords that are tried first, without digits, signs and "leet" spelling: the stems of the known lists of leaks.
_OBVIOUS = frozenset(
    [
        "password",
        "passwort",
        "passwd",
        "pass",
        "letmein",
        "welcome",
        "admin",
        "administrator",
        "qwerty",
        "qwertyuiop",
        "qwertz",
        "azerty",
        "asdfghjkl",
        "zxcvbnm",
        "iloveyou",
        "monkey",
        "dragon",
        "football",
        "baseball",
        "sunshine",
        "princess",
        "superman",
        "batman",
        "trustno",
        "master",
        "login",
        "guest",
        "default",
        "changeme",
        "secret",
        "access",
        "hello",
        "whatever",
        "test",
        "testtest",
        "nightloop",
        "review",
        "reviewer",
        "reviewers",
        "worker",
        "annotator",
        "labeler",
        "qazwsx",
        "qazwsxedc",
        "qweasdzxc",
        "abc",
        "abcd",
        "abcdef",
        "abcdefgh",
        "abcdefghij",
        "abcdefghijk",
    ]
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6z7u8i9o0p")


def check_new(password: str, *known: str) -> None:
    """Refuse a new password that is too short, too long, or easy to guess.

    :param known: the public facts about its owner: their e-mail and name.
    :raises PasswordTooShort: if it is too short.
    :raises PasswordTooObvious: if it is easy to guess.
    :raises InvalidInput: if it is too long.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(f"a password must have at least {SHORTEST} characters", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidInput(f"a password may have at most {LONGEST} characters")
    if _is_obvious(password.lower()) or _is_made_of(password.lower(), known):
        raise PasswordTooObvious


def hash_password(password: str) -> str:
    """Hash a password that was checked before."""
    with _at_once:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password has this hash; None or "" stands for a missing worker or password."""
    with _at_once:
        try:
            right = _hasher.verify(password_hash or _NOBODY, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return right and bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _is_obvious(password: str) -> bool:
    if len(set(password)) <= 3:
        return True
    if any(password in row or password[::-1] in row for row in _ROWS):
        return True
    return _stem(password) in _OBVIOUS or _stem(_stem(password).translate(_LEET)) in _OBVIOUS


def _stem(password: str) -> str:
    """Take digits and signs off both ends, and the second half of a text written twice."""
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    half = stem[: len(stem) // 2]
    return half if half and half * 2 == stem else stem


def _is_made_of(password: str, known: tuple[str, ...]) -> bool:
    """Tell whether a password is an e-mail, its first part or a name, with nothing but digits and signs around it."""
    bare = re.sub(r"[\W\d_]+", "", _stem(password))
    parts = {text.lower() for one in known for text in (one, one.partition("@")[0])}
    return password in parts or bare in {re.sub(r"[\W\d_]+", "", part) for part in parts} - {""}
