"""A lock that threads get in the order in which they asked for it."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Lets one thread in at a time, first come, first served.

    `threading.Lock` may go again and again to the thread that released it, while others wait.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._line: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        """Wait for the turn of this thread."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._line.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        """Pass the lock to the thread that has waited longest."""
        with self._guard:
            if self._line:
                self._line.popleft().set()
            else:
                self._taken = False
