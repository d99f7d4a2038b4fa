"""Deletes ended human loops in bulk."""

from __future__ import annotations

from typing import Any

from nightloop.aws.errors import LoopStillOpenError
from nightloop.aws.operators.human_loops import HumanLoopsOperator, named
from nightloop.aws.reviews import OPEN_STATUSES


class DeleteHumanLoopsOperator(HumanLoopsOperator):
    """Delete human loops that have ended; what reviewers answered stays in S3.

    An entry of `loops` is a name, or a line with `name` or `loop_name`, as `StartHumanLoopsOperator` writes them. One
    that is still open counts as failed: stop it first.

    Returns counts of loops `deleted`, `missing` and `failed`, and the address of the results.

    .. seealso::
        https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/API_DeleteHumanLoop.html
    """

    def treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Delete one loop."""
        name = named(entry)
        loop = self.a2i.describe_human_loop(name)
        if loop is not None and loop["HumanLoopStatus"] in OPEN_STATUSES:
            raise LoopStillOpenError(f"Human loop {name} is {loop['HumanLoopStatus']}. Stop it, then delete it.")
        deleted = loop is not None and self.a2i.delete_human_loop(name)
        return {"loop_name": name, "outcome": "deleted" if deleted else "missing"}
