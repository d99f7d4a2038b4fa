"""Stops and deletes the open reviews of a loop, and deletes what they belong to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import ReviewStillOpenError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.paced_a2i import PacedA2IHook
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.operators.base import LoopOperator
from nightloop.domain.reviews.outcome import OPEN_STATUSES

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.reviews import DeletedReviews


class DeleteReviewsOperator(LoopOperator):
    """Stop and delete the loop's open human loops, then delete its flow definitions and worker templates.

    What reviewers answered stays in S3. A human loop that somebody works on ends when they are done.

    Returns how much of each was deleted.

    :param loop: The loop's name: only names made from it are touched, not those of a loop whose name begins with it.
    :param concurrency: How many human loops are ended at once; throttled calls slow them all down.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    """

    template_fields = aws_template_fields("a2i_conn_id")

    def __init__(
        self, *, loop: str, concurrency: int = 8, a2i_conn_id: str | None = "a2i_default", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.concurrency = concurrency
        self.a2i_conn_id = a2i_conn_id

    def execute(self, context: Context) -> DeletedReviews:
        """Delete it all."""
        hook = ReviewFlowHook(self.a2i_conn_id, **self.client_arguments)
        prefix, ours = f"{self.loop}-", re.compile(f"{re.escape(self.loop)}-[0-9a-f]{{32}}")
        flows = [flow for flow in hook.flow_definitions(prefix) if ours.fullmatch(flow["FlowDefinitionName"])]
        loops = sum(self._stop_loops(flow["FlowDefinitionArn"]) for flow in flows)
        deleted = sum(hook.delete_flow_definition(flow["FlowDefinitionName"]) for flow in flows)
        pages = sum(hook.delete_task_ui(name) for name in hook.task_uis(prefix) if ours.fullmatch(name))
        counts: DeletedReviews = {"human_loops": loops, "flow_definitions": deleted, "task_uis": pages}
        self.log.info("Deleted: %s", counts)
        return counts

    def _stop_loops(self, flow_definition_arn: str) -> int:
        a2i = PacedA2IHook(self.a2i_conn_id, **self.client_arguments)
        loops = A2IHook(self.a2i_conn_id, **self.client_arguments).list_human_loops(flow_definition_arn)
        names = [loop["HumanLoopName"] for loop in loops if loop["HumanLoopStatus"] in OPEN_STATUSES]
        for name in lifecycle.in_bulk(a2i, lambda name: self._end(a2i, name), names, threads=self.concurrency):
            if name is not None:
                self.log.info("%s is being worked on: it ends when its reviewer is done", name)
        return len(names)

    @staticmethod
    def _end(a2i: PacedA2IHook, name: str) -> str | None:
        """Stop and delete a human loop; return its name if it is not over yet."""
        lifecycle.stop(a2i, name)
        try:
            lifecycle.delete(a2i, name)
        except ReviewStillOpenError:
            return name
        return None
