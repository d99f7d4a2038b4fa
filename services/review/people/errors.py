"""Refusals of the rules for people: one class for each reason."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

from services.review.errors import InvalidInput, ReviewError


class InvitationUnknown(ReviewError):
    """The link is not valid: it was mistyped, or replaced by a newer one."""

    status = 404


class InvitationUsed(ReviewError):
    """The link was already used; it works once."""

    status = 410


class InvitationExpired(ReviewError):
    """The link has expired; ask the administrator for a new one."""

    status = 410


class InvitationRevoked(ReviewError):
    """The link was withdrawn by an administrator."""

    status = 410


class AccountExists(ReviewError):
    """An account with this e-mail already exists; add it to the team instead."""

    status = 409


class AlreadyInvited(ReviewError):
    """The e-mail already has an invitation; send that invitation again, or withdraw it first."""

    status = 409


class LastAdministrator(ReviewError):
    """There is no other administrator; make another person an administrator first."""

    status = 409


class UnknownPerson(ReviewError):
    """There is no such person."""

    status = 404


class UnknownTeam(ReviewError):
    """There is no such work team."""

    status = 404


class UnknownInvitation(ReviewError):
    """There is no such open invitation."""

    status = 404


class TeamExists(ReviewError):
    """A work team of this name already exists."""

    status = 409


class MemberByProvider(ReviewError):
    """The membership comes from the sign-in provider; end it there."""

    status = 409


class PasswordTooShort(InvalidInput):
    """The password is too short."""


class PasswordTooObvious(InvalidInput):
    """The password is too easy to guess; choose another."""


class AccountDeactivated(ReviewError):
    """The account is deactivated; an administrator can open it again."""

    status = 403


class PasswordsOff(ReviewError):
    """Passwords are not used here; sign in with the provider."""

    status = 403


class ProviderNotConfigured(ReviewError):
    """There is no sign-in provider here."""

    status = 404


class ProviderUnavailable(ReviewError):
    """The sign-in provider cannot be reached now."""

    status = 502


class ProviderRefused(ReviewError):
    """The sign-in provider did not sign you in."""

    status = 403


class ProviderAnswerInvalid(ReviewError):
    """The answer of the sign-in provider does not belong to a sign-in of this browser; start again."""

    status = 400


class EmailTaken(ReviewError):
    """The account with your e-mail is not linked to the sign-in provider."""

    status = 409


class MailFailed(ReviewError):
    """The mail could not be sent."""

    status = 502
