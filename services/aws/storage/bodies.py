"""Reads an object's bytes from the disk on demand, so that memory holds only descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class StoredBody:
    """The part of a binary file's methods by which moto reads an object's buffer."""

    def __init__(self, path: Path, offset: int, size: int) -> None:
        self.path = path
        self.offset = offset
        self.size = size
        self.position = 0

    def seek(self, position: int) -> int:
        """Go to a position counted from the object's first byte."""
        self.position = position
        return position

    def read(self, count: int = -1) -> bytes:
        """Read `count` bytes from the position, or all that follow."""
        left = max(self.size - self.position, 0)
        wanted = left if count < 0 else min(count, left)
        with self.path.open("rb") as file:
            file.seek(self.offset + self.position)
            data = file.read(wanted)
        self.position += len(data)
        return data

    def close(self) -> None:
        """Do nothing: no file is held open between two reads."""
