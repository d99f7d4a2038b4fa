"""What links into the AWS console have in common, and where they lead if there is no console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.providers.amazon.aws.links.base_aws import BaseAwsLink

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from airflow.sdk import BaseOperator, Context


class ConsoleLink(BaseAwsLink):
    """A page of the AWS console; for what lives at another endpoint, an address there if there is one."""

    @classmethod
    def remember(cls, context: Context, operator: BaseOperator, hook: AwsBaseHook, **parts: str) -> None:
        """Remember the link: to the console if the hook speaks to AWS, else to the endpoint of the connection."""
        endpoint = hook.conn_client_meta.endpoint_url
        host = urlsplit(endpoint).hostname or ""
        if not host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            address = cls.own_address(hook, (browser_endpoint(hook) or endpoint).rstrip("/"), **parts)
            if address is None:
                return
            parts["address"] = address
        cls.persist(
            context=context,
            operator=operator,
            region_name=hook.conn_region_name,
            aws_partition=hook.conn_partition,
            **parts,
        )

    @classmethod
    def own_address(cls, hook: AwsBaseHook, endpoint: str, **parts: str) -> str | None:  # noqa: ARG003
        """Return the address that shows the thing at an endpoint that is not AWS's, None if there is none."""
        return None

    def format_link(self, **kwargs: Any) -> str:
        """Return the address that was remembered, else the console's."""
        return str(kwargs["address"]) if "address" in kwargs else str(super().format_link(**kwargs))


def browser_endpoint(hook: AwsBaseHook) -> str | None:
    """Return where browsers reach the hook's service, if that is not where tasks reach it.

    The connection says so beside `endpoint_url`: `{"service_config": {"s3": {"browser_endpoint_url": "..."}}}`.
    """
    found: str | None = hook.conn_config.get_service_config(str(hook.client_type)).get("browser_endpoint_url")
    return found
