"""What the loop's operators have in common; the only place that builds on the provider's own base class."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.storage.layout import NightFiles
from nightloop.aws.storage.object_store import ObjectStore


class LoopOperator(AwsBaseOperator[S3Hook]):
    """An operator that reads and writes the loop's files in S3, and may call SageMaker over the same connection.

    :param aws_conn_id: The Airflow connection of S3 and SageMaker.
    """

    aws_hook_class = S3Hook
    ui_color = "#e8eef7"

    @property
    def client_arguments(self) -> dict[str, Any]:
        """Region, TLS verification and botocore settings, for the hooks of whatever connection."""
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
