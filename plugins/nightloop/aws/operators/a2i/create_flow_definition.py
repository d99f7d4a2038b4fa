"""Creates the flow definition that human loops belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.links.answers import AnswersLink
from nightloop.aws.links.flow_definition import FlowDefinitionLink
from nightloop.aws.links.worker_portal import WorkerPortalLink
from nightloop.aws.operators.base import LoopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.flow_definition import FlowSettings
    from nightloop.aws.results.given import Given


class CreateFlowDefinitionOperator(LoopOperator):
    """Create the flow definition of a loop, or find it, and wait until it is active.

    Its name follows from its settings. Returns the flow definition's ARN.

    :param settings: What the flow definition fixes.
    :param task_ui_arn: The worker template (templated).
    :param a2i_conn_id: The Airflow connection of the reviews (templated).

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFlowDefinition.html
    """

    template_fields = aws_template_fields("task_ui_arn", "a2i_conn_id")
    operator_extra_links = (AnswersLink(), FlowDefinitionLink(), WorkerPortalLink())

    def __init__(
        self, *, settings: FlowSettings, task_ui_arn: Given[str], a2i_conn_id: str | None = "a2i_default", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.task_ui_arn = task_ui_arn
        self.a2i_conn_id = a2i_conn_id

    def execute(self, context: Context) -> str:
        """Create or find the flow definition."""
        hook = ReviewFlowHook(self.a2i_conn_id, **self.client_arguments)
        arn, created = hook.create_flow_definition(self.settings.request(self.read_text(task_ui_arn=self.task_ui_arn)))
        self.log.info("%s flow definition %s", "Created" if created else "Found", self.settings.name)
        WorkerPortalLink.persist_for(context, self, hook, self.settings.workteam_arn)
        FlowDefinitionLink.remember(context, self, hook, flow_definition=self.settings.name)
        AnswersLink.persist_for(context, self, self.settings.output)
        return arn
