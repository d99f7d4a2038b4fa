"""The orders of one service, and which call takes which of them."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any

from services.faults.errors import FaultOrderError
from services.faults.orders import Fault, Order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.faults.orders import Kind

WIRE_KINDS: tuple[Kind, ...] = (
    "throttle",
    "error",
    "unavailable",
    "reset-before",
    "reset-after",
    "hold-after",
    "slow",
)
S3_KINDS: tuple[Kind, ...] = (*WIRE_KINDS, "missing", "truncate")
EVENT_KINDS: tuple[Kind, ...] = ("lose", "double", "reorder")


class Faults:
    """Faults waiting for calls; an earlier order goes before a later one. Safe to use from several threads.

    `kinds` are those that the service can do.
    """

    def __init__(self, kinds: Iterable[Kind] = WIRE_KINDS) -> None:
        self.kinds = tuple(kinds)
        self._waiting: list[_Waiting] = []
        self._happened: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def order(self, *orders: Order) -> None:
        """Add orders, all or none; raises FaultOrderError for a kind that this service does not have."""
        for order in orders:
            order.check()
            if order.kind not in self.kinds:
                raise FaultOrderError(f"there is no fault {order.kind!r} here; choose from {', '.join(self.kinds)}")
        with self._lock:
            self._waiting += [_Waiting(order) for order in orders]

    def take(self, operation: str, name: str = "", among: Iterable[Kind] | None = None) -> Fault | None:
        """Take the fault for a call, if there is one, among the kinds that are possible here."""
        allowed = self.kinds if among is None else tuple(among)
        with self._lock:
            for waiting in self._waiting:
                if waiting.order.kind in allowed and waiting.order.kind != "clock" and waiting.strikes(operation, name):
                    self._happened[operation, waiting.order.kind] += 1
                    return Fault(waiting.order.kind, waiting.order.seconds)
        return None

    @property
    def clock_offset(self) -> float:
        """How many seconds the service's clock is ahead."""
        return sum(waiting.order.seconds for waiting in self._waiting if waiting.order.kind == "clock")

    def clear(self) -> None:
        """Remove all orders, done or not, and what happened."""
        with self._lock:
            self._waiting.clear()
            self._happened.clear()

    def report(self) -> dict[str, Any]:
        """Return the waiting orders and what happened, as JSON values."""
        with self._lock:
            waiting = sum(one.left for one in self._waiting if one.order.kind != "clock")
            happened = [
                {"operation": operation, "kind": kind, "times": times}
                for (operation, kind), times in sorted(self._happened.items())
            ]
        return {"kinds": list(self.kinds), "waiting": waiting, "happened": happened}


class _Waiting:
    """An order and its progress."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.left = order.times
        self._to_skip = order.skip
        self._chance = Random(order.seed)  # noqa: S311 - a test's dice, to be thrown the same way again

    def strikes(self, operation: str, name: str) -> bool:
        """Tell whether a call gets the fault, and count it."""
        if not self.left or self.order.operation not in {"*", operation} or not fnmatchcase(name, self.order.name):
            return False
        if self._to_skip:
            self._to_skip -= 1
            return False
        if self._chance.random() >= self.order.probability:
            return False
        self.left -= 1
        return True
