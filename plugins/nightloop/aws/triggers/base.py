"""What the triggers that wait for one SageMaker thing have in common."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Final

from airflow.providers.amazon.aws.exceptions import WaiterMaxAttemptsError
from airflow.providers.amazon.aws.triggers.base import AwsBaseWaiterTrigger
from airflow.triggers.base import TriggerEvent

from nightloop.aws.clients.error_translation import typed_errors
from nightloop.aws.errors import JobUnfinishedError, ServiceFaultError, TransientError
from nightloop.aws.hooks.base import async_client
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.jobs.ownership import Ownership
from nightloop.aws.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow.sdk.exceptions import AirflowException

_AWAY: Final = {429, 500, 502, 503, 504}
"""HTTP statuses of a service that may be there again later."""


class SageMakerTrigger(AwsBaseWaiterTrigger):
    """Wait until a SageMaker job or endpoint has ended in any way; the operator says what that means.

    A service that is away for a while does not end the waiting.

    :param name: The name of the job or endpoint.
    :param result: What the operator gets back with the event, JSON values. `airflow dags test` forgets the keyword
        arguments of a deferral, so they travel with the trigger.
    :param ownership: The attempt's hold on the job; without it the job is never stopped.
    :param cancel_on_kill: Stop the job if a person marks its task failed or success (not if they clear it) and no other
        attempt owns the job.
    """

    aws_hook_class = ModelHook
    waiter: ClassVar[str] = ""
    name_parameter: ClassVar[str] = ""
    status_key: ClassVar[str] = ""
    stop_operation: ClassVar[str | None] = None

    def __init__(
        self,
        *,
        name: str,
        result: dict[str, Any] | None = None,
        ownership: Ownership | dict[str, str] | None = None,
        cancel_on_kill: bool = True,
        waiter_delay: int = 30,
        waiter_max_attempts: int = 2880,
        aws_conn_id: str | None = "aws_default",
        **kwargs: Any,
    ) -> None:
        self.ownership = Ownership.of(ownership) if isinstance(ownership, dict) else ownership
        super().__init__(
            serialized_fields={
                "name": name,
                "result": result,
                "ownership": None if self.ownership is None else asdict(self.ownership),
                "cancel_on_kill": cancel_on_kill,
            },
            waiter_name=self.waiter,
            waiter_args={self.name_parameter: name},
            failure_message=f"Could not look at {name}",
            status_message=f"Status of {name}",
            status_queries=[self.status_key],
            return_key="ended",
            return_value={"name": name, "result": result},
            waiter_delay=waiter_delay,
            waiter_max_attempts=waiter_max_attempts,
            aws_conn_id=aws_conn_id,
            **kwargs,
        )
        self.name = name
        self.cancel_on_kill = cancel_on_kill

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event when the waiter is done."""
        while True:
            try:
                with typed_errors(self.aws_conn_id, "sagemaker"):
                    async for event in super().run():
                        yield event
            except TransientError as error:
                self.log.warning("Looking again in %s s: %s", self.waiter_delay, error)
                await asyncio.sleep(self.waiter_delay)
            else:
                return

    def _event_from_exception(self, error: AirflowException) -> TriggerEvent:
        answer = getattr(error.__context__, "last_response", None) or {}
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) in _AWAY:
            # The provider's waiter knows some codes of a service that is away; a gateway's 502 is none of them.
            raise ServiceFaultError(str(error)) from error
        event = super()._event_from_exception(error)
        return TriggerEvent({**event.payload, "unfinished": type(error) is WaiterMaxAttemptsError})  # type: ignore[no-untyped-call]

    async def on_kill(self) -> None:
        """Stop the job if it is still this attempt's and a person ended the task; log and go on if that fails."""
        if not self.cancel_on_kill or self.stop_operation is None or self.ownership is None:
            return
        try:
            if not await asyncio.to_thread(self._end_ownership):
                self.log.info("%s goes on: its task was cleared, or another attempt has it.", self.name)
                return
            async with await async_client(self.hook()) as client:
                await getattr(client, self.stop_operation)(**{self.name_parameter: self.name})
            self.log.info("%s is being stopped: its task was ended by hand.", self.name)
        except Exception:
            self.log.exception("%s could not be stopped; its time limit ends it.", self.name)

    def _end_ownership(self) -> bool:
        assert self.ownership is not None
        store = ObjectStore(
            self.aws_conn_id, region_name=self.region_name, verify=self.verify, config=self.botocore_config
        )
        return self.ownership.end(store, self.task_instance)


def ended(event: dict[str, Any]) -> tuple[str, Any]:
    """Return the name of what ended, and what the operator gave along.

    :raises JobUnfinishedError: if it still ran after the longest time that the trigger waits.
    :raises TransientError: if it could not be looked at, for instance because credentials expired during a long wait.
        The task's next try looks itself, adopts it, and says what is wrong if anything still is.
    """
    if event["status"] == "error":
        if event.get("unfinished"):
            raise JobUnfinishedError(f"{event['ended']['name']} is still under way. Clear this task to wait on.")
        raise TransientError(f"{event['message']}. The task will look again.")
    return str(event["ended"]["name"]), event["ended"]["result"]
