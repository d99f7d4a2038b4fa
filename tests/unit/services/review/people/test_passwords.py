"""Which passwords are taken, and what a hash that is none means."""

import pytest

from services.review.errors import InvalidInput
from services.review.people import passwords
from services.review.people.errors import PasswordTooObvious, PasswordTooShort

KNOWN = ("hanako@example.com", "Hanako Yamada")
OBVIOUS = [
    "password123",
    "Passw0rd!2026",
    "P@ssword!!!!",
    "1234567890",
    "0987654321",
    "qwertyuiop",
    "aaaaaaaaaa",
    "abababababab",
    "letmein12345",
    "testtesttest",
    "abcdefghij",
    "hanako@example.com",
    "Hanako12345",
    "hanakoyamada",
    "12345hanako!",
]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "正しい馬の電池とホッチキス", "3f9c-a71e-b0d2", "x9!kQ2#vLp"]
)
def test_good_ones_are_taken(password):
    passwords.check_new(password, *KNOWN)


@pytest.mark.parametrize("password", OBVIOUS)
def test_obvious_ones_are_not(password):
    with pytest.raises(PasswordTooObvious):
        passwords.check_new(password, *KNOWN)


def test_lengths():
    with pytest.raises(PasswordTooShort):
        passwords.check_new("x9!kQ2#vL", *KNOWN)
    with pytest.raises(InvalidInput):
        passwords.check_new("ab3" * 400, *KNOWN)


@pytest.mark.parametrize("nothing", [None, "", "no hash"])
def test_no_password_is_matched_by_none(nothing):
    assert not passwords.matches(nothing, "")
    assert not passwords.matches(nothing, "nobody has this password")
