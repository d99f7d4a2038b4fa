"""Starts human loops in bulk, each once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import SetupError
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.links.worker_portal import WorkerPortalLink
from nightloop.aws.operators.a2i.human_loops import HumanLoopsOperator
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.reviews import StartedHumanLoops


class StartHumanLoopsOperator(HumanLoopsOperator):
    """Start a human loop for each input, or adopt the one of the same name.

    An entry of `loops` is `{"input": {...}}`: what the worker template reads as `task.input`. Its name follows from the
    flow definition and the input, so a retry finds the human loop it started; `{"name": ..., "input": {...}}` names it.

    Returns counts of human loops `opened`, `adopted` and `failed`, and the address of the results, which
    `HumanLoopsSensor`, `StopHumanLoopsOperator` and `DeleteHumanLoopsOperator` take.

    :param flow_definition_arn: The flow definition (templated).
    :param name_prefix: What the names that follow from the input begin with: 1 to 20 of a-z, 0-9 and -.
    :param workteam_arn: The work team, for the link to its portal; None for no link.

    .. seealso::
        https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/API_StartHumanLoop.html
    """

    template_fields = aws_template_fields("a2i_conn_id", "flow_definition_arn", "loops", "results_uri")
    operator_extra_links = (S3OutputLink(), WorkerPortalLink())

    def __init__(
        self,
        *,
        flow_definition_arn: str,
        name_prefix: str = "loop",
        workteam_arn: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.flow_definition_arn = flow_definition_arn
        self.name_prefix = name_prefix
        self.workteam_arn = workteam_arn

    def execute(self, context: Context) -> StartedHumanLoops:
        """Start or adopt all human loops, or find that it was done."""
        if self.workteam_arn is not None:
            hook = ReviewFlowHook(self.a2i_conn_id, **self.client_arguments)
            WorkerPortalLink.persist_for(context, self, hook, self.workteam_arn)
        return {**super().execute(context), "flow_definition_arn": self.flow_definition_arn}

    def name_of(self, entry: dict[str, Any]) -> str | None:
        """Return the name that was given, or the one that follows from the input."""
        if entry.get("name") or not isinstance(entry.get("input"), dict):
            return super().name_of(entry)
        return naming.input_human_loop_name(self.name_prefix, self.flow_definition_arn, _content(entry))

    def treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Start or adopt one human loop."""
        if not isinstance(entry.get("input"), dict):
            raise SetupError(f"{entry!r} has no `input`. Give a mapping: what the template reads as task.input.")
        content, name = _content(entry), str(self.name_of(entry))
        loop = lifecycle.adopt(self.a2i, name)
        return (loop or lifecycle.start(self.a2i, name, self.flow_definition_arn, content)).to_json()


def _content(entry: dict[str, Any]) -> str:
    """Return the input byte-stable: A2I takes the same name again only with the same input."""
    return json.dumps(entry["input"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
