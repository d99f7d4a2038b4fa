"""Why a backup or a restore did not happen: one class for each reason."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

from services.review.errors import ReviewError


class BackupUnusable(ReviewError):
    """The file is no backup of this service, or it is damaged."""


class DatabaseHasData(ReviewError):
    """The database has data; a restore would replace it."""


class DatabaseInUse(ReviewError):
    """Another process uses the database; stop the service first."""


class OutputsUnreachable(ReviewError):
    """The outputs in S3 could not be read."""
