"""What can go wrong while the stack or the demo runs; each message names the thing and the fix."""

from __future__ import annotations


class LocalError(Exception):
    """Base of every error `local` raises itself; its message is shown without a traceback."""


class SettingError(LocalError):
    """An environment variable or an argument is unusable."""


class PortTakenError(LocalError):
    """Another process listens on a port the stack needs."""


class PartDiedError(LocalError):
    """A part of the stack ended, or did not become ready in time."""


class CommandFailedError(LocalError):
    """A command the stack runs once, such as a migration, failed."""


class DataError(LocalError):
    """The images or their manifest do not have the required form."""


class PortalError(LocalError):
    """The review portal gave an answer from which a reviewer cannot continue."""


class NightError(LocalError):
    """A DAG run failed, or something that must happen in a night did not."""
