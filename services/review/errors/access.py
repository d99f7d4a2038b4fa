"""Refusals at the door: who may enter, and with which credentials."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

from services.review.errors.base import ReviewError


class NotSignedIn(ReviewError):
    """Sign in to go on."""

    status = 401


class NotAllowed(ReviewError):
    """Only administrators may enter this page."""

    status = 403


class AddressNotAllowed(ReviewError):
    """The portal is not open to your network address; an administrator of the workforce can change that."""

    status = 403


class WrongCredentials(ReviewError):
    """The e-mail or the password is wrong."""

    status = 401


class TooManyFailures(ReviewError):
    """Too many sign-ins failed; wait a few minutes and try again."""

    status = 429


class ForgedRequest(ReviewError):
    """The form is no longer valid; load the page again and repeat your action."""

    status = 403
