"""How much one process holds at once, even if its threads want more."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


class Room:
    """A number of units for all threads together; the thread that comes first is served first.

    A thread that asks for more units than there are waits until it is alone. A thread that has a part must not ask
    again.
    """

    def __init__(self, units: int) -> None:
        self.units = units
        self._free = units
        self._turn = threading.Lock()
        self._changed = threading.Condition()

    @contextmanager
    def take(self, units: int) -> Iterator[None]:
        """Hold this many units."""
        part = min(units, self.units)
        with self._turn, self._changed:
            self._changed.wait_for(lambda: self._free >= part)
            self._free -= part
        try:
            yield
        finally:
            with self._changed:
                self._free += part
                self._changed.notify_all()


MAXIMUM_FILE_BYTES: Final = 536_870_912
"""The largest file of one image, and what all files that a process holds at once may have together."""

FILES: Final = Room(MAXIMUM_FILE_BYTES)
"""The bytes of files that are being decoded."""
