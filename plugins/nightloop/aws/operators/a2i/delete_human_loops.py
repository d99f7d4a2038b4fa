"""Deletes ended human loops in bulk."""

from __future__ import annotations

from typing import Any

from nightloop.aws.human_loops import lifecycle
from nightloop.aws.operators.a2i.human_loops import HumanLoopsOperator, named


class DeleteHumanLoopsOperator(HumanLoopsOperator):
    """Delete human loops that have ended; what reviewers answered stays in S3.

    An entry of `loops` is a name, or a line with `name` or `review_name`, as `StartHumanLoopsOperator` writes them. A
    human loop that is still open counts as failed: stop it first.

    Returns counts of human loops `deleted`, `missing` and `failed`, and the address of the results.

    .. seealso::
        https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/API_DeleteHumanLoop.html
    """

    def treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Delete one human loop."""
        name = named(entry)
        return {"review_name": name, "outcome": lifecycle.delete(self.a2i, name)}
