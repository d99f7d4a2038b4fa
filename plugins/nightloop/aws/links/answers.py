"""Leads to where a flow definition writes reviewers' answers, in the S3 console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws.links.s3_output import S3OutputLink

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook
    from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
    from airflow.sdk import Context


class AnswersLink(S3OutputLink):
    """The folder of the answers of a flow definition's human loops."""

    name = "Answers in S3"
    key = "answers"
    format_str = BASE_AWS_CONSOLE_LINK + "/s3/buckets/{bucket}?region={region_name}&prefix={object_key}/"

    @classmethod
    def own_address(cls, hook: AwsBaseHook, endpoint: str, **parts: str) -> str | None:  # noqa: ARG003
        """Return the address of the folder's list, signed."""
        request = {"Bucket": parts["bucket"], "Prefix": f"{parts['object_key']}/"}
        return cls.signed(hook, "list_objects_v2", request)

    @classmethod
    def persist_for(cls, context: Context, operator: AwsBaseOperator[S3Hook], uri: str) -> None:
        """Remember the folder."""
        super().persist_for(context, operator, uri.rstrip("/"))
