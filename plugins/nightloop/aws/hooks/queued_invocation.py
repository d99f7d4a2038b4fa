"""SageMaker's runtime of an asynchronous endpoint: requests wait in its queue, answers are written to S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.clients.error_translation import error_code, error_message, translated
from nightloop.aws.errors import EndpointMissingError
from nightloop.aws.hooks.base import LoopHook

if TYPE_CHECKING:
    from botocore.config import Config


class QueuedInvocationHook(LoopHook):
    """Gives requests to an asynchronous endpoint (`sagemaker-runtime`) from several threads at once.

    :param concurrency: How many threads.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", *, concurrency: int = 4, **kwargs: Any) -> None:
        kwargs["client_type"] = "sagemaker-runtime"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)
        self.concurrency = concurrency

    @property
    def client_settings(self) -> Config:
        """Retries as everywhere, with a connection for each thread."""
        from botocore.config import Config

        return super().client_settings.merge(Config(max_pool_connections=self.concurrency))

    @translated
    def ask(self, endpoint_name: str, request: dict[str, Any]) -> tuple[str, str | None]:
        """Put a request into the endpoint's queue; return where its answer will be written, and a failure.

        :param request: The members of InvokeEndpointAsync beside `EndpointName`.
        :raises EndpointMissingError: if there is no such endpoint.
        """
        try:
            answer = self.client.invoke_endpoint_async(EndpointName=endpoint_name, **request)
        except self.client.exceptions.ClientError as error:
            message = error_message(error)
            if error_code(error) == "ValidationError" and message.startswith(f"Endpoint {endpoint_name} of account"):
                raise EndpointMissingError(f"{message} Run this loop's bootstrap DAG first.") from error
            raise
        return answer["OutputLocation"], answer.get("FailureLocation")
