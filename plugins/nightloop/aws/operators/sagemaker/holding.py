"""What operators that hold the loop's endpoint for their DAG run have in common."""

from __future__ import annotations

import time
from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger

from nightloop.aws.clients.endpoint_states import require_settled
from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import EndpointBusyError, EndpointHeldError
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.storage.layout import LoopFiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import Context

T = TypeVar("T")


class HoldingOperator(LoopOperator, Generic[T]):
    """An operator that waits, without a worker, while another DAG run changes the loop's endpoint.

    Its work is in `proceed`, which calls `take_endpoint` first and starts again when the endpoint is free.
    """

    deferrable = True
    hold_poll_seconds: ClassVar[float] = 20

    def execute(self, context: Context) -> T:
        """Do the work when the endpoint is free."""
        return self.proceed(context)

    def take_up(self, context: Context, event: Any = None) -> T:
        """Look again whether the endpoint is free."""
        return self.proceed(context)

    @abstractmethod
    def proceed(self, context: Context) -> T:
        """Do the work."""

    def take_endpoint(self, context: Context, loop_folder: str) -> EndpointHold | None:
        """Take the endpoint for this run, until the run's end; None if the loop has no folder for the hold."""
        if not loop_folder:
            return None
        hold = self.hold_of(context, loop_folder)
        self.wait_while_held(hold.take)
        return hold

    def hold_of(self, context: Context, loop_folder: str) -> EndpointHold:
        """Return this attempt's share in its run's hold."""
        return EndpointHold.of(self.store, LoopFiles(loop_folder).holds, context["ti"])

    def wait_until_settled(self, endpoint_name: str) -> None:
        """Wait until nobody changes the endpoint."""
        self.wait_while_held(lambda: require_settled(self.sagemaker.describe_endpoint(endpoint_name)))

    def wait_while_held(self, attempt: Callable[[], None]) -> None:
        """Try until nobody else changes the endpoint; between two tries no worker is taken."""
        while True:
            try:
                attempt()
            except (EndpointHeldError, EndpointBusyError) as error:
                self.log.info("%s", error)
            else:
                return
            if self.deferrable:
                moment = timedelta(seconds=self.hold_poll_seconds)
                self.defer(trigger=TimeDeltaTrigger(moment), method_name="take_up")
            time.sleep(self.hold_poll_seconds)
