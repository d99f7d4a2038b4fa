"""Stops on SIGTERM, where stopping leaves nothing half done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequested(Exception):  # noqa: N818
    """The job was asked to stop; its result is what it has saved so far."""


class Stopping:
    """Remembers that SIGTERM came. While waiting on a pipe, where nothing can check for it, it interrupts at once."""

    def __init__(self) -> None:
        self.requested = False
        self._interruptible = False

    def install(self) -> "Stopping":
        """Listen to SIGTERM (main thread only)."""
        signal.signal(signal.SIGTERM, self._on_signal)
        return self

    def check(self) -> None:
        """Raise StopRequested if the signal has come."""
        if self.requested:
            raise StopRequested

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let the signal break into a blocking read."""
        self.check()
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.requested = True
        if self._interruptible:
            raise StopRequested
