"""A history: one line of JSON for every call that could change something, in the order of completion."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

Effect = Literal["created", "adopted", "changed", "none"]


@dataclass(frozen=True)
class Done:
    """One call: `effect` is what it committed, `code` the error it answered (empty: none).

    `request` is a digest of the request without the name, so that the same request under two names shows. `fault` is
    the fault the caller met: with `reset-after` and `hold-after` the reply never arrived.
    """

    service: str
    operation: str
    name: str
    request: str
    effect: Effect
    code: str = ""
    fault: str = ""


class History:
    """Appends to one file; each line has a number and the time (epoch seconds). Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+", encoding="utf-8")
        self._file.seek(0)
        self._number = sum(1 for _ in self._file)
        self._lock = Lock()

    def write(self, done: Done) -> None:
        """Append a line, readable by others at once."""
        with self._lock:
            self._number += 1
            line = {"sequence": self._number, "time": time.time(), **asdict(done)}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def digest(content: object) -> str:
    """Digest bytes, or a value that JSON or `str` can write (the order of keys does not matter)."""
    body = content if isinstance(content, bytes) else json.dumps(content, sort_keys=True, default=str).encode()
    return hashlib.sha256(body).hexdigest()
