"""How long a thread that computes keeps those waiting that have an answer to read."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTERVAL: Final = 0.0005


@contextmanager
def quick_thread_switches() -> Iterator[None]:
    """Let a thread whose answer arrives go on within half a millisecond, though others compute.

    Python lets the others keep its lock for 5 ms, each time. Where an answer takes 50 ms, that is a tenth of what a
    service could do (`make bench-scale`).
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(_INTERVAL)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
