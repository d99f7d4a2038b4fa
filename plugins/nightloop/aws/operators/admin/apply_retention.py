"""Lets the bucket delete what the loop needs no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.storage.expiry import ExpiryRule

if TYPE_CHECKING:
    from airflow.sdk import Context


class ApplyRetentionOperator(LoopOperator):
    """Set the rule of the loop's bucket about old predictions, and keep all rules that are not the loop's.

    The rule deletes what is tagged as finished, below the loop's nights only. Without `predictions_days` the rule is
    taken away; a bucket that never had it is not touched.

    Returns whether the rules were changed.

    :param loop_folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    :param predictions_days: After how many days; None: never.
    """

    def __init__(self, *, loop_folder: str, predictions_days: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loop_folder = loop_folder
        self.predictions_days = predictions_days

    def execute(self, context: Context) -> bool:
        """Set it."""
        changed = ExpiryRule(self.store, self.loop_folder).set(self.predictions_days)
        after = "never" if self.predictions_days is None else f"after {self.predictions_days} days"
        self.log.info("Predictions of finished nights are deleted %s%s", after, "" if changed else ", as before")
        return changed
