"""Places that threads get in the order in which they asked for one."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Lets `count` threads in at a time, first come, first served.

    `threading.Lock` may go again and again to the thread that released it, while others wait.
    """

    def __init__(self, count: int = 1) -> None:
        self._guard = threading.Lock()
        self._free = count
        self._line: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        """Wait for the turn of this thread."""
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._line.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        """Pass the place to the thread that has waited longest."""
        with self._guard:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1
