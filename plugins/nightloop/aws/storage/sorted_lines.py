"""Lines in the order of their keys, even if there are more than fit into memory."""

from __future__ import annotations

import heapq
import json
import tempfile
from contextlib import ExitStack
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Keyed = tuple[tuple[str, ...], bytes]

_IN_MEMORY: Final = 1 << 25
_BY_KEY: Final = itemgetter(0)


def sorted_lines(rows: Iterable[Keyed], *, memory: int = _IN_MEMORY) -> Iterator[bytes]:
    """Yield lines, each with its line end, by their keys; lines of equal keys stay in the order they came in.

    :param memory: So many bytes of lines are held at once; what is more lies in temporary files meanwhile.
    """
    with ExitStack() as files:
        runs: list[IO[bytes]] = []
        held: list[Keyed] = []
        size = 0
        for row in rows:
            held.append(row)
            size += len(row[1])
            if size >= memory:
                runs.append(files.enter_context(tempfile.TemporaryFile()))
                _write(held, runs[-1])
                held, size = [], 0
        held.sort(key=_BY_KEY)
        for _, line in heapq.merge(*(_read(run) for run in runs), held, key=_BY_KEY):
            yield line


def _write(rows: list[Keyed], file: IO[bytes]) -> None:
    rows.sort(key=_BY_KEY)
    for key, line in rows:
        file.write(json.dumps(key).encode() + b"\t" + line)
    file.seek(0)


def _read(file: IO[bytes]) -> Iterator[Keyed]:
    for text in file:
        key, _, line = text.partition(b"\t")
        yield tuple(json.loads(key)), line
