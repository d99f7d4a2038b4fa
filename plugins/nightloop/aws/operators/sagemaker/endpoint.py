"""What operators that change an endpoint have in common."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import EndpointBusyError, TransientError
from nightloop.aws.links.endpoint import EndpointLink
from nightloop.aws.operators.sagemaker.holding import HoldingOperator, T
from nightloop.aws.triggers.endpoint import EndpointTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.serving import Promoted

_SETTLED: Final = {"InService", "Failed", "OutOfService", "UpdateRollbackFailed"}
_LONGEST_SECONDS: Final = 2 * 3600


class EndpointOperator(HoldingOperator[T]):
    """An operator that starts a change of an endpoint and waits until the endpoint has settled.

    An update cannot be cancelled: ending the task leaves it to itself.

    :param poll_seconds: Pause between two looks at the endpoint.
    :param deferrable: Wait in the triggerer, without a worker.
    """

    operator_extra_links = (EndpointLink(),)

    def __init__(self, *, poll_seconds: int = 5, deferrable: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.poll_seconds = poll_seconds
        self.deferrable = deferrable

    def link(self, context: Context, endpoint_name: str) -> None:
        """Remember the link to the endpoint."""
        EndpointLink.remember(context, self, self.sagemaker, endpoint_name=endpoint_name)

    def wait(self, endpoint_name: str, result: Promoted | None = None) -> None:
        """Wait until the endpoint is neither being created nor updated; after a deferral `result` is in the event."""
        if not self.deferrable:
            self._poll(endpoint_name)
            return
        self.defer(
            trigger=EndpointTrigger(
                name=endpoint_name,
                result=None if result is None else dict(result),
                waiter_delay=self.poll_seconds,
                waiter_max_attempts=_LONGEST_SECONDS // self.poll_seconds,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
        )

    def _poll(self, endpoint_name: str) -> None:
        end = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < end:
            try:
                if self.sagemaker.describe_endpoint(endpoint_name)["EndpointStatus"] in _SETTLED:
                    return
            except TransientError as error:
                self.log.warning("Looking again in %s s: %s", self.poll_seconds, error)
            time.sleep(self.poll_seconds)
        raise EndpointBusyError(f"Endpoint {endpoint_name} has not settled in {_LONGEST_SECONDS} s.")
