"""What is wrong with a loop's file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a loop file: where it stands, what is wrong and what is right.

    `key` is written as `training.first.epochs`, None if the file as a whole is wrong; `line` and `column` count from 1.
    """

    problem: str
    key: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}" if self.key else self.problem


class LoopConfigError(Exception):
    """A loop's file, or the folder of loops, cannot be used.

    `path` is the file or folder, `key` the dotted key if one is wrong; the message says how to correct it.
    """

    def __init__(self, message: str, *, path: Path, key: str | None = None) -> None:
        self.message = message
        self.path = path
        self.key = key
        super().__init__(f"{path}: {key}: {message}" if key else f"{path}: {message}")

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is copied from its arguments alone, which would lose the keywords.
        return partial(LoopConfigError, path=self.path, key=self.key), (self.message,)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong, one by one."""
        return (Mistake(self.message, self.key),)


class LoopFileError(LoopConfigError):
    """A loop's file has mistakes: all of them, in the order of its lines; the message has a line for each.

    `message` and `key` are those of the first.
    """

    def __init__(self, path: Path, mistakes: Sequence[Mistake]) -> None:
        self._mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.line or 0, mistake.column or 0)))
        super().__init__(self._mistakes[0].problem, path=path, key=self._mistakes[0].key)
        self.args = ("\n".join(f"{path}{_place(mistake)}: {mistake}" for mistake in self._mistakes),)

    def __reduce__(self) -> tuple[Any, ...]:
        return LoopFileError, (self.path, self._mistakes)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong, one by one."""
        return self._mistakes


def _place(mistake: Mistake) -> str:
    return f":{mistake.line}:{mistake.column}" if mistake.line else ""
