"""Waits for human loops of any origin."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.sensors.base_aws import AwsBaseSensor
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws import errors
from nightloop.aws.errors import SetupError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.operators.rows import iterate_lines
from nightloop.aws.reviews import OpenedLoop, OpenReviews
from nightloop.aws.store import NightStore
from nightloop.aws.triggers.listed_human_loops import ListedHumanLoopsTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.operators.base import Given


class ListedHumanLoopsSensor(AwsBaseSensor[S3Hook]):
    """Wait until every one of these human loops has ended, or until a deadline; both are success.

    One trigger sweeps all loops, a hundred a call. Loops are never stopped, however the task ends. For the reviews of a
    night there is `HumanLoopsSensor`, which knows the reviewers' hours and reminds them.

    Returns counts of loops completed, failed and still open.

    :param loops: A list of names, or the S3 URI of results that `StartHumanLoopsOperator` wrote (templated).
    :param flow_definition_arn: The flow definition the loops belong to (templated).
    :param deadline: When to go on with what has been answered, in ISO form with its offset (templated). Say it by what
        a retry does not move: `{{ dag_run.run_after + macros.timedelta(hours=8) }}`.
    :param poll_seconds: Pause between two sweeps.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :param deferrable: Wait in the triggerer, without a worker.
    :raises SetupError: if the deadline is no time with an offset.
    :raises NightIncompleteError: if the object of the S3 URI is not there.
    """

    aws_hook_class = S3Hook
    template_fields = aws_template_fields("a2i_conn_id", "deadline", "flow_definition_arn", "loops")
    ui_color = "#f7f0e0"

    def __init__(
        self,
        *,
        loops: Given,
        flow_definition_arn: str,
        deadline: str,
        poll_seconds: float = 30,
        a2i_conn_id: str | None = "a2i_default",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(poke_interval=poll_seconds, **kwargs)
        self.loops = loops
        self.flow_definition_arn = flow_definition_arn
        self.deadline = deadline
        self.poll_seconds = poll_seconds
        self.a2i_conn_id = a2i_conn_id
        self.deferrable = deferrable

    def execute(self, context: Context) -> dict[str, int]:
        """Look once; wait if there is something to wait for."""
        deadline = self._deadline()
        reviews = self._look()
        if reviews.open and datetime.now(UTC) < deadline:
            if self.deferrable:
                self.defer(trigger=self._trigger(deadline), method_name="execute_complete")
            super().execute(context)
            reviews = self._look()
        return self._ended(reviews.summary())

    def poke(self, context: Context) -> bool:
        """Say whether the waiting is over."""
        return self._look().open == 0 or datetime.now(UTC) >= self._deadline()

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, int]:
        """Take over from the trigger."""
        if event["status"] == "error":
            raise getattr(errors, event["error"], errors.NightloopError)(event["message"])
        return self._ended({key: value for key, value in event.items() if key != "status"})

    def _trigger(self, deadline: datetime) -> ListedHumanLoopsTrigger:
        by_uri = isinstance(self.loops, str)
        return ListedHumanLoopsTrigger(
            loop_names=[] if by_uri else list(self.loops),
            loops_uri=self.loops if by_uri else "",
            flow_definition_arn=self.flow_definition_arn,
            deadline=deadline.isoformat(),
            poll_seconds=self.poll_seconds,
            a2i_conn_id=self.a2i_conn_id,
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            verify=self.verify,
            botocore_config=self.botocore_config,
        )

    def _look(self) -> OpenReviews:
        reviews = OpenReviews(self._given())
        if reviews.open:
            for loop in self._a2i.list_human_loops(self.flow_definition_arn, reviews.since):
                reviews.see(loop["HumanLoopName"], loop["HumanLoopStatus"], loop["CreationTime"])
            for name in reviews.unseen:
                reviews.take(name, self._a2i.describe_human_loop(name))
        return reviews

    def _given(self) -> list[OpenedLoop]:
        if not isinstance(self.loops, str):
            return [OpenedLoop(str(name), "adopted") for name in self.loops]
        store = NightStore(self.aws_conn_id, **self._client_arguments)
        return [OpenedLoop.from_json(line) for line in iterate_lines(store, self.loops) if line.get("loop_name")]

    def _deadline(self) -> datetime:
        try:
            deadline = datetime.fromisoformat(self.deadline)
        except ValueError as error:
            raise SetupError(f"deadline {self.deadline!r} is no time. Give it in ISO form.") from error
        if deadline.tzinfo is None:
            raise SetupError(f"deadline {self.deadline!r} has no offset. Write for instance 2026-11-23T07:30:00+01:00.")
        return deadline

    def _ended(self, counts: dict[str, int]) -> dict[str, int]:
        self.log.info("Human loops: %s", counts)
        return counts

    @cached_property
    def _a2i(self) -> A2IHook:
        return A2IHook(self.a2i_conn_id, **self._client_arguments)

    @property
    def _client_arguments(self) -> dict[str, Any]:
        return {"region_name": self.region_name, "verify": self.verify, "config": self.botocore_config}
