"""What the links into the AWS console have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.providers.amazon.aws.links.base_aws import BaseAwsLink

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from airflow.sdk import BaseOperator, Context


class ConsoleLink(BaseAwsLink):
    """A page of the AWS console; there is none for what lives at an endpoint of one's own."""

    @classmethod
    def remember(cls, context: Context, operator: BaseOperator, hook: AwsBaseHook, **parts: str) -> None:
        """Remember the link, if the hook speaks to AWS."""
        host = urlsplit(hook.conn_client_meta.endpoint_url).hostname or ""
        if host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            cls.persist(
                context=context,
                operator=operator,
                region_name=hook.conn_region_name,
                aws_partition=hook.conn_partition,
                **parts,
            )
