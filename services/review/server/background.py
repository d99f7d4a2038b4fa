"""Background threads beside the requests: each has a name, an owner that starts it, and a stop."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class Repeating:
    """Calls `work` again and again: at once while it returns True (more to do), else every `seconds` or when woken."""

    def __init__(self, name: str, work: Callable[[], bool], *, seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Start the next round now."""
        self._woken.set()

    def ask_to_stop(self) -> None:
        """Start no further round."""
        self._stopping.set()
        self._woken.set()

    def stop(self, timeout: float = 30.0) -> None:
        """Let the current round finish, then end."""
        self.ask_to_stop()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            if not self._round():
                self._woken.wait(self._seconds)

    def _round(self) -> bool:
        try:
            return self._work()
        except Exception:  # a failing round is logged and must not end all later ones
            logger.exception("a round failed", extra={"thread_name": self._thread.name})
            return False
