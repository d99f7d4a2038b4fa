"""Failures of the service itself: it is not ready, wrongly set up, or overloaded."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

from services.review.errors.base import ReviewError


class SettingsError(ReviewError):
    """A setting is missing or wrong."""


class DatabaseNotReady(ReviewError):
    """The database has no schema, or an older one; run `python -m services.review migrate`."""

    status = 503


class DatabaseAway(ReviewError):
    """The service cannot reach its database, or cannot write to it. Nothing was changed; try again soon."""

    status = 503


class TemplateFailed(ReviewError):
    """The template of this task cannot be shown."""

    status = 500


class RenderingBusy(ReviewError):
    """Too many templates are being rendered now; try again in a few seconds."""

    status = 503
