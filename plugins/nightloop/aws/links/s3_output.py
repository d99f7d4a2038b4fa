"""Leads to what a task wrote: in the S3 console, or in another S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws.links.console import ConsoleLink, browser_endpoint
from nightloop.aws.storage import uris

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook
    from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
    from airflow.sdk import Context

A_WEEK: Final = 7 * 24 * 3600
"""Seconds; a signed address is valid for no longer."""


class S3OutputLink(ConsoleLink):
    """The object that a task wrote.

    An S3 that is not AWS's has no console. The link then leads to the object itself; it is signed with the key of the
    connection, for a week.
    """

    name = "Output in S3"
    key = "s3_output"
    format_str = BASE_AWS_CONSOLE_LINK + "/s3/object/{bucket}?region={region_name}&prefix={object_key}"

    def format_link(self, **kwargs: Any) -> str:
        """Escape the key, which may hold spaces, percent signs and any script."""
        if "object_key" in kwargs:
            kwargs["object_key"] = quote(kwargs["object_key"], safe="/")
        return super().format_link(**kwargs)

    shown_as: ClassVar[str | None] = "text/plain; charset=utf-8"
    """What a browser takes the object for; JSON Lines it would only save."""

    @classmethod
    def own_address(cls, hook: AwsBaseHook, endpoint: str, **parts: str) -> str | None:  # noqa: ARG003
        """Return the object's own address, signed."""
        request = {"Bucket": parts["bucket"], "Key": parts["object_key"]}
        shown = {} if cls.shown_as is None else {"ResponseContentType": cls.shown_as}
        return cls.signed(hook, "get_object", request | shown)

    @staticmethod
    def signed(hook: AwsBaseHook, operation: str, request: dict[str, str]) -> str:
        """Return an address at which anybody may make one request, for a week."""
        client: Any = hook.get_conn()
        if endpoint := browser_endpoint(hook):
            # An address is signed with the host it names.
            client = hook.get_session().client("s3", endpoint_url=endpoint, config=client.meta.config)
        return str(client.generate_presigned_url(operation, Params=request, ExpiresIn=A_WEEK))

    @classmethod
    def persist_for(cls, context: Context, operator: AwsBaseOperator[S3Hook], uri: str) -> None:
        """Remember the object."""
        bucket, key = uris.split(uri)
        cls.remember(context, operator, operator.hook, bucket=bucket, object_key=key)
