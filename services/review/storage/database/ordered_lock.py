"""A lock that is had in the order in which it was asked for."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Lets one thread in at a time, first come, first served.

    `threading.Lock` may go to the thread that has just let it go, again and again, while others wait.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._line: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        """Wait for one's turn."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._line.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        """Hand the turn on to who has waited longest."""
        with self._guard:
            if self._line:
                self._line.popleft().set()
            else:
                self._taken = False
