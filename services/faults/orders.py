"""An order: which calls get which fault."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from services.faults.errors import FaultOrderError

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal[
    "throttle",
    "error",
    "unavailable",
    "reset-before",
    "reset-after",
    "hold-after",
    "slow",
    "missing",
    "truncate",
    "lose",
    "double",
    "reorder",
    "clock",
    "no-capacity",
]
_MOST_SECONDS = 3600.0


@dataclass(frozen=True)
class Fault:
    """One fault of one call; `seconds` is how long `slow` and `hold-after` take."""

    kind: Kind
    seconds: float


@dataclass(frozen=True)
class Order:
    """The calls of `operation` (`*`: of any) whose name matches the file name pattern `name` get the fault `kind`.

    The first `skip` calls pass; each of the others gets the fault with `probability`, drawn from a generator of `seed`,
    until `times` calls had it. `seconds` is the length of `slow` and `hold-after`, and how far `clock` is ahead (below
    zero: behind).
    """

    operation: str
    kind: Kind
    times: int = 1
    probability: float = 1.0
    seed: int = 0
    skip: int = 0
    seconds: float = 1.0
    name: str = "*"

    @classmethod
    def from_json(cls, document: object) -> Order:
        """Read an order; FaultOrderError names the member that is wrong."""
        if not isinstance(document, dict):
            raise FaultOrderError(f"an order is an object with operation and kind, not {document!r}")
        known = {field.name: str(field.type) for field in fields(cls)}
        for member in document:
            if member not in known:
                raise FaultOrderError(f"an order has no {member!r}; it has {', '.join(known)}")
        for member in ("operation", "kind"):
            if member not in document:
                raise FaultOrderError(f"an order needs {member}")
        order = cls(**{member: _typed(member, known[member], value) for member, value in document.items()})
        order.check()
        return order

    def check(self) -> None:
        """Raise FaultOrderError for a number out of range."""
        if not 0 < self.probability <= 1:
            raise FaultOrderError(f"probability must be above 0 and at most 1, not {self.probability}")
        if self.times < 1 or self.skip < 0:
            raise FaultOrderError(f"times must be at least 1 and skip at least 0, not {self.times} and {self.skip}")
        least = -_MOST_SECONDS if self.kind == "clock" else 0
        if not least <= self.seconds <= _MOST_SECONDS:
            raise FaultOrderError(f"seconds must be from {least:g} to {_MOST_SECONDS:g}, not {self.seconds}")


def _typed(member: str, kind: str, value: Any) -> Any:  # noqa: ANN401 - what JSON may hold
    wanted: Mapping[str, tuple[type, ...]] = {"int": (int,), "float": (int, float)}
    if isinstance(value, bool) or not isinstance(value, wanted.get(kind, (str,))):
        raise FaultOrderError(f"{member} must be {'a text' if kind not in wanted else 'a number'}, not {value!r}")
    return value
