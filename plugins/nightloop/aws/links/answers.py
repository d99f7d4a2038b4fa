"""Leads to where a flow definition writes reviewers' answers, in the S3 console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws import uris
from nightloop.aws.links.console import ConsoleLink

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.operators.base import LoopOperator


class AnswersLink(ConsoleLink):
    """The folder of the answers of a flow definition's loops."""

    name = "Answers in S3"
    key = "answers"
    format_str = BASE_AWS_CONSOLE_LINK + "/s3/buckets/{bucket}?region={region_name}&prefix={folder}/"

    def format_link(self, **kwargs: Any) -> str:
        """Escape the folder: it may hold spaces, percent signs and any script."""
        if "folder" in kwargs:
            kwargs["folder"] = quote(kwargs["folder"], safe="/")
        return super().format_link(**kwargs)

    @classmethod
    def persist_for(cls, context: Context, operator: LoopOperator, uri: str) -> None:
        """Remember the folder."""
        bucket, key = uris.split(uri)
        cls.remember(context, operator, operator.hook, bucket=bucket, folder=key.rstrip("/"))
