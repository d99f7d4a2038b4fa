"""What is wrong with a loop's file."""

from functools import partial
from pathlib import Path
from typing import Any


class LoopConfigError(Exception):
    """A loop's file, or the folder of loops, cannot be used.

    ``path`` is the file or folder, ``key`` the dotted key where one is to blame; the message says how to mend it.
    """

    def __init__(self, message: str, *, path: Path, key: str | None = None) -> None:
        self.message = message
        self.path = path
        self.key = key
        super().__init__(f"{path}: {key}: {message}" if key else f"{path}: {message}")

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is copied from its arguments alone, which would lose the keywords.
        return partial(LoopConfigError, path=self.path, key=self.key), (self.message,)
