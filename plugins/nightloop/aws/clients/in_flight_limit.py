"""How many requests are at a service at once, even if their threads do other work."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from botocore.client import BaseClient

_ANSWERED: Final = ("before-parse", "response-received")
"""The events of botocore when it has an answer, and when it has an answer or none."""


class Places:
    """A number of places at a service: a request takes one when it is sent, and gives it back when its answer comes.

    A limit around the whole call would also count the making and signing of requests and the reading of answers. With
    many threads in one process, the service would be idle for a tenth of the time.

    A thread that made a call has to `leave` after it: botocore reports nothing when a connection breaks within an
    error.
    """

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._of_thread = threading.local()

    def watch(self, client: BaseClient) -> None:
        """Let each request of a client wait for a place, after everything else that may hold the request back."""
        client.meta.events.register_last("before-send", self.enter)
        for event in _ANSWERED:
            client.meta.events.register_first(event, self.leave)

    def enter(self, **_: Any) -> None:
        """Wait for a place, unless this thread has one."""
        if not self._has_one():
            self._free.acquire()
            self._of_thread.taken = True

    def leave(self, **_: Any) -> None:
        """Give this thread's place back, if it has one."""
        if self._has_one():
            self._of_thread.taken = False
            self._free.release()

    def _has_one(self) -> bool:
        return bool(getattr(self._of_thread, "taken", False))
