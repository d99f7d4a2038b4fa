"""Several serving processes behind one listening socket, and the parent that replaces one that ends.

uvicorn's own supervisor serves with its own server class, which does not drain, and its children outlive a killed
parent. Here the children are forks of a parent that has imported everything and opened nothing, so another one serves
within a moment. All accept from the parent's socket: what waits there survives the death of a child.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from multiprocessing import connection, sharedctypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, MutableSequence
    from multiprocessing.context import ForkProcess
    from types import FrameType

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 30.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_fork = multiprocessing.get_context("fork")


class Membership:
    """What a child knows of the others: whether each place has had a process that serves."""

    def __init__(self, serving: MutableSequence[int], place: int) -> None:
        self._serving = serving
        self._place = place

    def note_serving(self) -> None:
        """Record that this process accepts connections."""
        self._serving[self._place] += 1

    def all_serve(self) -> bool:
        """Whether all processes have started; it stays true while one is being replaced."""
        return all(self._serving)


class Processes:
    """Runs `work` in `count` processes until a signal comes; `work` gets the process's membership.

    SIGTERM and Ctrl+C reach every child as SIGTERM; so does the end of the parent, even if it is killed.
    """

    def __init__(self, count: int, work: Callable[[Membership], None]) -> None:
        self._work = work
        # How often a process of each place has begun to serve; only the child in that place writes it.
        self._serving: MutableSequence[int] = sharedctypes.RawArray("L", count)
        self._children: dict[int, ForkProcess] = {}
        self._starts = [0] * count
        self._pauses = [0.0] * count
        self._due = [0.0] * count
        self._is_stopping = False
        # Only the parent has the writing end: the reading end is at its end when the parent stops or is gone.
        self._parent_reads, self._parent_lives = os.pipe()
        self._woken, self._waker = socket.socketpair()

    def run(self, stop_accepting: Callable[[], None]) -> int:
        """Start the children and watch them; return the exit status.

        It is 1 if a child of the first start ends before it serves: what is wrong then is wrong for all.
        """
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, self._stop)
        failed = False
        while not self._is_stopping and not failed:
            self._start_due()
            self._wait()
            failed = self._bury()
        stop_accepting()
        self._end_all()
        return int(failed or any(child.exitcode for child in self._children.values()))

    def _start_due(self) -> None:
        now = time.monotonic()
        for place, due in enumerate(self._due):
            if place not in self._children and due <= now and not self._is_stopping:
                self._starts[place] = self._serving[place]
                child = _fork.Process(target=self._be_child, args=(place,), name=f"review-{place}")
                child.start()
                self._children[place] = child

    def _wait(self) -> None:
        """Sleep until a child ends, a signal comes, or another child is due."""
        missing = [due for place, due in enumerate(self._due) if place not in self._children]
        timeout = max(0.0, min(missing) - time.monotonic()) if missing else None
        sentinels = [child.sentinel for child in self._children.values()]
        if self._woken in connection.wait([*sentinels, self._woken], timeout):
            self._woken.recv(4096)

    def _bury(self) -> bool:
        """Remove the children that ended; return whether one of the first start never served."""
        ended = {place: child for place, child in self._children.items() if not child.is_alive()}
        if self._is_stopping:
            return False
        for place, child in ended.items():
            has_served = self._serving[place] > self._starts[place]
            if not has_served and not self._serving[place]:
                logger.error("a process did not start", extra={"ended": child.pid, "status": child.exitcode})
                return True
            # One that cannot start, because the database is away, is tried again in ever longer pauses.
            self._pauses[place] = 0.0 if has_served else min(max(1.0, 2 * self._pauses[place]), LONGEST_PAUSE)
            self._due[place] = time.monotonic() + self._pauses[place]
            logger.warning("a process ended and is replaced", extra={"ended": child.pid, "status": child.exitcode})
            del self._children[place]
        return False

    def _end_all(self) -> None:
        self._is_stopping = True
        os.close(self._parent_lives)
        for child in self._children.values():
            child.join()
        self._woken.close()
        self._waker.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - Python's signature
        """Begin to stop; a further signal reaches the children, where it ends the draining."""
        if self._is_stopping:
            for child in self._children.values():
                if child.pid is not None and child.is_alive():
                    os.kill(child.pid, signal.SIGTERM)
        self._is_stopping = True

    def _be_child(self, place: int) -> None:
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.close(self._parent_lives)
        self._woken.close()
        self._waker.close()
        threading.Thread(target=self._follow_parent, name="parent", daemon=True).start()
        try:
            self._work(Membership(self._serving, place))
        except Exception:
            logger.exception("a process failed")
            sys.exit(1)

    def _follow_parent(self) -> None:
        os.read(self._parent_reads, 1)  # returns when no one holds the writing end
        os.kill(os.getpid(), signal.SIGTERM)
