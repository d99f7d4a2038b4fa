"""What can go wrong while the stack or the demo runs; each sentence names the thing and the mend."""

from __future__ import annotations


class LocalError(Exception):
    """Base of every error `local` raises itself; its sentence is shown without a traceback."""


class SettingError(LocalError):
    """An environment variable or an argument is unusable."""


class PortTakenError(LocalError):
    """Another process listens on a port the stack needs."""


class PartDiedError(LocalError):
    """A part of the stack ended, or did not become ready in time."""


class CommandFailedError(LocalError):
    """A command the stack runs once, such as a migration, failed."""


class DataError(LocalError):
    """The images or their manifest are not of the form that is asked for."""


class PortalError(LocalError):
    """The review portal answered something a reviewer cannot go on from."""


class NightError(LocalError):
    """A DAG run failed, or something that must happen in a night did not."""
