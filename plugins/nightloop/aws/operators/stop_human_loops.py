"""Stops human loops in bulk."""

from __future__ import annotations

from typing import Any

from nightloop.aws.errors import RequestRefusedError
from nightloop.aws.operators.human_loops import HumanLoopsOperator, named


class StopHumanLoopsOperator(HumanLoopsOperator):
    """Stop human loops; those that have ended or are not there are no failure.

    An entry of `loops` is a name, or a line with `name` or `loop_name`, as `StartHumanLoopsOperator` writes them. A
    loop somebody is working on ends when they are through.

    Returns counts of loops `stopped`, `ended` before, `missing` and `failed`, and the address of the results.

    .. seealso::
        https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/API_StopHumanLoop.html
    """

    def treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Stop one loop."""
        name = named(entry)
        loop = self.a2i.describe_human_loop(name)
        if loop is None:
            return {"loop_name": name, "outcome": "missing"}
        if loop["HumanLoopStatus"] == "InProgress":
            try:
                stopped = self.a2i.stop_human_loop(name)
            except RequestRefusedError:
                stopped = self._is_open(name)
                if stopped:
                    raise
            return {"loop_name": name, "outcome": "stopped" if stopped else "ended"}
        return {"loop_name": name, "outcome": "stopped" if loop["HumanLoopStatus"] == "Stopping" else "ended"}

    def _is_open(self, name: str) -> bool:
        loop = self.a2i.describe_human_loop(name)
        return loop is not None and loop["HumanLoopStatus"] == "InProgress"
