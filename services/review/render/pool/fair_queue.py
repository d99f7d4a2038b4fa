"""Decides who may render next: no caller gets all places, and waiting too long raises an error."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.review.errors import RenderingBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_SECONDS = 4.0
# Each waiting caller keeps one of the service's 40 threads, and other requests need some.
MOST_WAITING = 32


class Places:
    """A number of places, and a line of waiting jobs, each for some caller.

    One caller gets at most all places but one. Of the waiting callers, the one served longest ago comes first.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._most = max(1, count - 1)
        self._changed = threading.Condition()
        self._busy: Counter[str] = Counter()
        self._line: list[_Waiting] = []
        self._served: dict[str, float] = {}

    @contextmanager
    def one(self, caller: str, most_waiting: int = MOST_WAITING) -> Iterator[None]:
        """Hold a place.

        :param most_waiting: how many jobs of this caller may wait.
        :raises RenderingBusy: if no place is free within four seconds; at once if the line is full, or `most_waiting`
            jobs of this caller are already waiting.
        """
        self._take(caller, most_waiting)
        try:
            yield
        finally:
            self._give_back(caller)

    def _take(self, caller: str, most_waiting: int) -> None:
        end = time.monotonic() + WAIT_SECONDS
        with self._changed:
            waiting = _Waiting(caller)
            if len(self._line) >= MOST_WAITING or self._waiting_for(caller) >= most_waiting:
                raise RenderingBusy
            self._line.append(waiting)
            try:
                while self._first() is not waiting:
                    if not self._changed.wait(end - time.monotonic()) and self._first() is not waiting:
                        raise RenderingBusy
            finally:
                self._line.remove(waiting)
                self._changed.notify_all()
            self._free -= 1
            self._busy[caller] += 1
            self._served[caller] = time.monotonic()

    def _give_back(self, caller: str) -> None:
        with self._changed:
            self._free += 1
            self._busy[caller] -= 1
            if not self._busy[caller]:
                del self._busy[caller]
            if not self._busy and not self._line:
                self._served.clear()
            self._changed.notify_all()

    def _first(self) -> _Waiting | None:
        """Find the next job, if any may run."""
        if not self._free:
            return None
        may = [waiting for waiting in self._line if self._busy[waiting.caller] < self._most]
        return min(may, key=lambda waiting: self._served.get(waiting.caller, 0.0), default=None)

    def _waiting_for(self, caller: str) -> int:
        return sum(waiting.caller == caller for waiting in self._line)


class _Waiting:
    """A waiting job; it is equal only to itself."""

    def __init__(self, caller: str) -> None:
        self.caller = caller
