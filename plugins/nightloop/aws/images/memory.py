"""How much one process holds at once, however many of its threads want more."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


class Room:
    """So many units for all threads together; who comes first is served first.

    What asks for more than there is in all waits until it is alone. A thread that has a part must not ask again.
    """

    def __init__(self, units: int) -> None:
        self.units = units
        self._free = units
        self._turn = threading.Lock()
        self._changed = threading.Condition()

    @contextmanager
    def take(self, units: int) -> Iterator[None]:
        """Hold so many units."""
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
