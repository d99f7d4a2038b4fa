"""What can go wrong before or while the server runs; each message names the thing and the fix."""

from __future__ import annotations


class AwsServerError(Exception):
    """Base of every error this server raises itself."""


class SettingsError(AwsServerError):
    """An environment variable is missing or unusable."""


class StateInUseError(AwsServerError):
    """Another server holds the state folder: stop it, or give this one a folder of its own."""


class DamagedRecordError(AwsServerError):
    """A file in the state folder is not one this server wrote: move it away and start again."""
