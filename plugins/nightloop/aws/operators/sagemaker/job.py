"""What operators that run a SageMaker job have in common."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final

from nightloop.aws.clients.capacity_errors import had_no_machine
from nightloop.aws.errors import JobUnfinishedError, TransientError
from nightloop.aws.jobs.ownership import Ownership
from nightloop.aws.jobs.ownership_log import OwnershipLog
from nightloop.aws.operators.base import LoopOperator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow.sdk import Context

    from nightloop.aws.triggers.base import SageMakerTrigger

UNDER_WAY: Final = {"InProgress", "Stopping"}


class JobOperator(LoopOperator):
    """An operator that starts a SageMaker job or adopts the one of the same name, and waits until it has ended.

    The job belongs to the attempt that started or adopted it last. If a person ends the task, that attempt stops the
    job, unless another attempt has it by then. Clearing the task never stops it. A job that was stopped in this way is
    not adopted: its name is used up, so the next attempt starts a job of the next name. The attempt after a job that
    AWS had no machine for does the same.

    :param poll_seconds: Pause between two looks at the job.
    :param deferrable: Wait in the triggerer, without a worker.
    :param cancel_on_kill: Stop the job when its task is ended by hand.
    """

    trigger_class: ClassVar[type[SageMakerTrigger]]
    job_kind: ClassVar[str]

    def __init__(
        self, *, poll_seconds: int = 5, deferrable: bool = True, cancel_on_kill: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.poll_seconds = poll_seconds
        self.deferrable = deferrable
        self.cancel_on_kill = cancel_on_kill
        self._held: tuple[str, Ownership, Any] | None = None

    @abstractmethod
    def job_owners(self, name: str) -> str:
        """Return the S3 folder where a job's owners are written down."""

    def link(self, context: Context, name: str) -> None:
        """Remember the link to the job of this attempt, started or adopted."""

    def longest_seconds(self) -> int:
        """Return how long to wait at most."""
        return 24 * 3600

    def run_job(
        self,
        context: Context,
        names: Iterable[str],
        start: Callable[[str], None],
        result: Callable[[str], Any] = lambda _: None,
    ) -> str:
        """Start or adopt the first job that was not given up and had a machine, wait for its end, return its name.

        :param names: The names to try, in this order.
        :param start: Starts the job of a name; it may be there by then.
        :param result: What `execute_complete` gets back.
        """
        for name in names:
            job = self._describe(name)
            if job is not None and job["status"] == "Completed":
                self.log.info("%s job %s has completed already; adopted", self.job_kind, name)
                self.link(context, name)
                return name
            if job is not None and had_no_machine(job):
                self.log.info("%s job %s never had a machine", self.job_kind, name)
                continue
            if self._take(context, name):
                self.link(context, name)
                self._start_or_adopt(name, start)
                self._wait(name, result)
                return name
            self.log.info("%s job %s was given up when its task was ended by hand", self.job_kind, name)
            self._stop(name)  # its owner may have died before it could
        raise AssertionError("names never end")

    def leave(self, context: Context, name: str) -> None:
        """Give up a job that ended badly, after the error named it: the next attempt starts a job of the next name."""
        OwnershipLog(self.store, self.job_owners(name)).give_up(str(context["ti"].id))

    def on_kill(self) -> None:
        """Stop the job if it is still this attempt's and a person ended the task; log and go on if that fails."""
        if self._held is None or not self.cancel_on_kill:
            return
        name, ownership, ti = self._held
        try:
            if ownership.end(self.store, ti):
                self._stop(name)
                self.log.info("%s is being stopped: its task was ended by hand.", name)
        except Exception:
            self.log.exception("%s could not be stopped; its time limit ends it.", name)

    def _take(self, context: Context, name: str) -> bool:
        ownership = Ownership(self.job_owners(name), str(context["ti"].id))
        taken = OwnershipLog(self.store, ownership.owners).take(ownership.attempt)
        self._held = (name, ownership, context["ti"]) if taken else None
        return taken

    def _start_or_adopt(self, name: str, start: Callable[[str], None]) -> None:
        job = self._describe(name)
        if job is None:
            start(name)
        else:
            self.log.info("%s job %s is there already (%s); adopted", self.job_kind, name, job["status"])

    def _wait(self, name: str, result: Callable[[str], Any]) -> None:
        job = self._describe(name)
        if job is None or job["status"] not in UNDER_WAY:
            return
        if self.deferrable:
            self.defer(trigger=self._trigger(name, result(name)), method_name="execute_complete")
        self._poll(name)

    def _trigger(self, name: str, result: Any) -> SageMakerTrigger:
        assert self._held is not None
        return self.trigger_class(
            name=name,
            result=result,
            ownership=self._held[1],
            cancel_on_kill=self.cancel_on_kill,
            waiter_delay=self.poll_seconds,
            waiter_max_attempts=max(1, self.longest_seconds() // self.poll_seconds),
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            verify=self.verify,
            botocore_config=self.botocore_config,
        )

    def _poll(self, name: str) -> None:
        end = time.monotonic() + self.longest_seconds()
        while time.monotonic() < end:
            try:
                job = self._describe(name)
            except TransientError as error:
                self.log.warning("Looking again in %s s: %s", self.poll_seconds, error)
            else:
                if job is None or job["status"] not in UNDER_WAY:
                    return
            time.sleep(self.poll_seconds)
        raise JobUnfinishedError(
            f"{name} is still under way after {self.longest_seconds()} s. Clear this task to wait on."
        )

    def _describe(self, name: str) -> dict[str, Any] | None:
        return self.sagemaker.describe_job(self.job_kind, name)

    def _stop(self, name: str) -> None:
        job = self._describe(name)
        if job is not None and job["status"] == "InProgress":
            self.sagemaker.stop_job(self.job_kind, name)
