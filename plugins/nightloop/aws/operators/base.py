"""What the loop's operators have in common; it alone builds on the provider's own base class."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import BaseOperator, XComArg

from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.results.reading import R, read_result, read_text
from nightloop.aws.storage.layout import NightFiles
from nightloop.aws.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given


class ReadsResults(BaseOperator):
    """An operator that takes what other tasks returned."""

    returned_by: dict[str, str] | None = None
    """The task each argument came from, by the argument's name; known once the templates are rendered."""

    def render_template_fields(self, context: Context, jinja_env: jinja2.Environment | None = None) -> None:
        """Render the templates, and remember which task each result came from, because the values do not say."""
        given = {name: getattr(self, name, None) for name in self.template_fields}
        self.returned_by = {
            name: next(operator.task_id for operator, _ in argument.iter_references())
            for name, argument in given.items()
            if isinstance(argument, XComArg)
        }
        super().render_template_fields(context, jinja_env)

    def read(self, kind: type[R], **argument: Given[Mapping[str, object] | None]) -> R:
        """Return an argument, given by its name, as a result of this kind.

        :raises ResultError: if it is no such result, naming the task to clear.
        """
        ((name, given),) = argument.items()
        return read_result(kind, given, name, (self.returned_by or {}).get(name))

    def read_text(self, **argument: Given[str] | None) -> str:
        """Return an argument, given by its name, as a name or address.

        :raises ResultError: if it is no text, naming the task to clear.
        """
        ((name, given),) = argument.items()
        return read_text(given, name, (self.returned_by or {}).get(name))


class LoopOperator(AwsBaseOperator[S3Hook], ReadsResults):
    """An operator that reads and writes the loop's files in S3, and may call SageMaker over the same connection.

    :param aws_conn_id: The Airflow connection of S3 and SageMaker.
    """

    aws_hook_class = S3Hook
    ui_color = "#e8eef7"

    @property
    def client_arguments(self) -> dict[str, Any]:
        """Region, TLS verification and botocore settings for the hooks of any connection."""
        return {"region_name": self.region_name, "verify": self.verify, "config": self.botocore_config}

    @cached_property
    def store(self) -> ObjectStore:
        """The S3 objects of the loop."""
        return ObjectStore(self.aws_conn_id, **self.client_arguments)

    @cached_property
    def sagemaker(self) -> ModelHook:
        """SageMaker's control plane."""
        return ModelHook(self.aws_conn_id, **self.client_arguments)


class NightOperator(LoopOperator):
    """A step of one night.

    :param night: The night's folder, `s3://{bucket}/{prefix}/{loop}/nights/{date}` (templated).
    """

    template_fields = aws_template_fields("night")

    def __init__(self, *, night: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.night = night

    @property
    def files(self) -> NightFiles:
        """The files of this night."""
        return NightFiles(self.night)
