"""Creates the page that reviewers see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.tags import tag_list
from nightloop.aws.errors import SetupError
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.operators.base import LoopOperator
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context


class CreateTaskUiOperator(LoopOperator):
    """Create the worker template of a loop, or find it: its name follows from the template's text.

    Returns its ARN.

    :param loop: The loop's name.
    :param template_path: The Liquid template of the page.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :param tags: The tags of the worker template.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHumanTaskUi.html
    """

    template_fields = aws_template_fields("a2i_conn_id")

    def __init__(
        self,
        *,
        loop: str,
        template_path: str,
        a2i_conn_id: str | None = "a2i_default",
        tags: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.tags = tags or {}
        self.loop = loop
        self.template_path = template_path
        self.a2i_conn_id = a2i_conn_id

    def execute(self, context: Context) -> str:
        """Create or find the page."""
        try:
            template = Path(self.template_path).read_text(encoding="utf-8")
        except OSError as error:
            raise SetupError(f"The worker template cannot be read: {error}. Correct review.template.") from error
        name = naming.task_ui_name(self.loop, template)
        hook = ReviewFlowHook(self.a2i_conn_id, **self.client_arguments)
        arn, created = hook.create_task_ui(name, template, tag_list(self.tags))
        self.log.info("%s worker page %s", "Created" if created else "Found", name)
        return arn
