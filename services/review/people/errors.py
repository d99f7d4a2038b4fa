"""What the rules of people refuse, and why."""

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
    """The time of this link is over; ask the administrator for a new one."""

    status = 410


class InvitationRevoked(ReviewError):
    """The link was withdrawn by an administrator."""

    status = 410


class AccountExists(ReviewError):
    """There is an account with this e-mail already; add it to the team instead."""

    status = 409


class AlreadyInvited(ReviewError):
    """The e-mail is invited already; send that invitation again, or withdraw it first."""

    status = 409


class LastAdministrator(ReviewError):
    """Nobody else is an administrator; make somebody else one first."""

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
    """There is a work team of this name already."""

    status = 409


class MemberByProvider(ReviewError):
    """The membership comes from the sign-in provider; it ends there."""

    status = 409


class PasswordTooShort(InvalidInput):
    """The password is too short."""


class PasswordTooObvious(InvalidInput):
    """The password is one of those that are tried first; choose another."""


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
    """The sign-in provider cannot be reached at the moment."""

    status = 502


class ProviderRefused(ReviewError):
    """The sign-in provider did not sign you in."""

    status = 403


class ProviderAnswerInvalid(ReviewError):
    """The answer of the sign-in provider does not belong to a sign-in of this browser; begin again."""

    status = 400


class EmailTaken(ReviewError):
    """There is an account with your e-mail that is not linked to the sign-in provider."""

    status = 409


class MailFailed(ReviewError):
    """The mail could not be sent."""

    status = 502
