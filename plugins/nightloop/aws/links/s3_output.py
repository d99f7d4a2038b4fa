"""Leads to what a task wrote, in the S3 console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws import uris
from nightloop.aws.links.console import ConsoleLink

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.operators.base import LoopOperator


class S3OutputLink(ConsoleLink):
    """The object a task wrote."""

    name = "Output in S3"
    key = "s3_output"
    format_str = BASE_AWS_CONSOLE_LINK + "/s3/object/{bucket}?region={region_name}&prefix={object_key}"

    def format_link(self, **kwargs: Any) -> str:
        """Escape the key: it may hold spaces, percent signs and any script."""
        if "object_key" in kwargs:
            kwargs["object_key"] = quote(kwargs["object_key"], safe="/")
        return super().format_link(**kwargs)

    @classmethod
    def persist_for(cls, context: Context, operator: LoopOperator, uri: str) -> None:
        """Remember the object."""
        bucket, key = uris.split(uri)
        cls.remember(context, operator, operator.hook, bucket=bucket, object_key=key)
