"""What operators that change an endpoint have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.links.endpoint import EndpointLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.triggers.endpoint import EndpointTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context


class EndpointOperator(LoopOperator):
    """An operator that starts a change of an endpoint and waits, without a worker, until the endpoint has settled.

    :param poll_seconds: Pause between two looks at the endpoint.
    """

    operator_extra_links = (EndpointLink(),)

    def __init__(self, *, poll_seconds: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.poll_seconds = poll_seconds

    def link(self, context: Context, endpoint_name: str) -> None:
        """Remember the link to the endpoint."""
        EndpointLink.remember(context, self, self.sagemaker, endpoint_name=endpoint_name)

    def wait(self, endpoint_name: str, result: dict[str, Any] | None = None) -> None:
        """Defer until the endpoint is neither being created nor updated; `result` comes back with the event."""
        self.defer(
            trigger=EndpointTrigger(
                name=endpoint_name,
                result=result,
                waiter_delay=self.poll_seconds,
                waiter_max_attempts=2 * 3600 // self.poll_seconds,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
        )
