"""Orders for faults, given to one service under test."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class Faults:
    """The faults of the service at an address, which was started with `TOKEN`."""

    url: str

    def order(self, operation: str, kind: str, **rest: Any) -> None:
        """Order one fault."""
        self._ask("POST", [{"operation": operation, "kind": kind, **rest}])

    def happened(self) -> int:
        """Tell how many calls were spoiled since the orders were last forgotten."""
        return sum(one["times"] for one in self._ask("GET")["happened"])

    def forget(self) -> None:
        """Have all orders forgotten."""
        self._ask("DELETE")

    def _ask(self, method: str, orders: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/_faults",
            method=method,
            data=json.dumps(orders).encode() if orders else None,
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))
