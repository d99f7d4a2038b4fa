"""Stops human loops in bulk."""

from __future__ import annotations

from typing import Any

from nightloop.aws.human_loops import lifecycle
from nightloop.aws.operators.a2i.human_loops import HumanLoopsOperator, named


class StopHumanLoopsOperator(HumanLoopsOperator):
    """Stop human loops; those that have ended or do not exist are no failure.

    An entry of `loops` is a name, or a line with `name` or `review_name`, as `StartHumanLoopsOperator` writes them. A
    human loop that somebody works on ends when they are done.

    Returns counts of human loops `stopped`, `ended` before, `missing` and `failed`, and the address of the results.

    .. seealso::
        https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/API_StopHumanLoop.html
    """

    def treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Stop one human loop."""
        name = named(entry)
        return {"review_name": name, "outcome": lifecycle.stop(self.a2i, name)}
