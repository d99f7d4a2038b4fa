"""Faults on order, so that tests can prove what a client survives; off unless a `Faults` is passed."""

from collections import defaultdict, deque
from dataclasses import dataclass
from threading import Lock
from typing import Literal, get_args

from services.awswire.errors import ConfigurationError

Kind = Literal["throttle", "error", "reset-before", "reset-after", "slow"]


@dataclass(frozen=True)
class Fault:
    """One fault: throttled, an internal error, a lost connection before or after the handler ran, or a delay."""

    kind: Kind
    seconds: float


class Faults:
    """Faults waiting for the next calls of an operation, in the order they were added."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lock = Lock()

    def add(self, operation: str, kind: Kind, times: int = 1, *, seconds: float = 1.0) -> None:
        """Spoil the next `times` calls of an operation (`*`: of any); `seconds` is how long `slow` waits."""
        if kind not in get_args(Kind):
            raise ConfigurationError(f"there is no fault {kind!r}; choose from {', '.join(get_args(Kind))}")
        with self._lock:
            self._waiting[operation].extend([Fault(kind, seconds)] * times)

    def take(self, operation: str) -> Fault | None:
        """Take the fault that this call has to suffer, if there is one."""
        with self._lock:
            for name in (operation, "*"):
                if self._waiting[name]:
                    return self._waiting[name].popleft()
        return None

    def clear(self) -> None:
        """Forget all faults that have not happened."""
        with self._lock:
            self._waiting.clear()
