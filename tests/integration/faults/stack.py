"""The three services under test: faults can be ordered, histories are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.exactly_once import histories
from tests.integration.aws.stack import Stack
from tests.integration.faults.ordering import TOKEN, Faults

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.exactly_once.histories import Entry

SERVICES = ("aws", "sagemaker", "review")


class StackUnderTest(Stack):
    """A stack whose services take orders for faults."""

    def environment(self) -> dict[str, str]:
        given = super().environment()
        for name in SERVICES:
            given[f"NIGHTLOOP_{name.upper()}_FAULTS_TOKEN"] = TOKEN
            given[f"NIGHTLOOP_{name.upper()}_HISTORY"] = str(self.history_path(name))
        return given

    def start_all(self) -> None:
        for name in SERVICES:
            self.start(name)

    def history_path(self, name: str) -> Path:
        return self.folder / f"{name}.history.jsonl"

    def history(self, name: str) -> list[Entry]:
        return histories.read(self.history_path(name))

    def order(self, service: str, /, operation: str, kind: str, **rest: Any) -> None:
        """Order one fault of a service."""
        self.faults(service).order(operation, kind, **rest)

    def happened(self, name: str) -> int:
        """Tell how many calls a service has spoiled since its orders were last forgotten."""
        return self.faults(name).happened()

    def forget(self, name: str) -> None:
        """Have one service forget all orders."""
        self.faults(name).forget()

    def forget_orders(self) -> None:
        for name in SERVICES:
            self.forget(name)

    def faults(self, name: str) -> Faults:
        return Faults(self.url(name))
