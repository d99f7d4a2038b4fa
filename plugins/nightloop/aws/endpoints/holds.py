"""Which DAG run may change a loop's endpoint: one at a time, from its first change to the run's end."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import EndpointHeldError, TransientError
from nightloop.aws.storage.numbered_log import NumberedLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from nightloop.aws.storage.object_store import ObjectStore

_ENDED: Final = {"success", "failed"}
_NOT_FOUND: Final = 404


@dataclass(frozen=True)
class Holder:
    """One entry of a hold's log.

    :param run: The DAG run, `dag_id/run_id`.
    :param attempt: Airflow's id of the task instance, which is another one for each try.
    """

    run: str
    attempt: str


class EndpointHold:
    """One attempt's share in its run's hold on the loop's endpoint.

    The hold belongs to a DAG run, through all its tasks, and ends with the run. So nothing has to be released, and a
    task that is killed leaves nothing held. A retry or a cleared task of the same run takes up the hold with an entry
    of its own. So if a run is cleared, and another run believes that it has ended and takes over, only one of them has
    the hold. Airflow says whether a run has ended, never a clock.

    :param folder: The S3 folder of the hold's log.
    :param ended: Says whether the run of a name has ended.
    """

    def __init__(
        self, store: ObjectStore, folder: str, holder: Holder, ended: Callable[[str], bool] | None = None
    ) -> None:
        self.log = NumberedLog(store, folder)
        self.holder = holder
        self.ended = ended or run_has_ended

    @classmethod
    def of(cls, store: ObjectStore, folder: str, ti: Any) -> EndpointHold:
        """Return the share of a task instance."""
        return cls(store, folder, Holder(f"{ti.dag_id}/{ti.run_id}", str(ti.id)))

    def take(self) -> None:
        """Take the endpoint, so that this attempt may change it.

        :raises EndpointHeldError: while another run has it.
        """
        while True:
            number, last = self._free()
            if last == self.holder or self.log.append(number + 1, asdict(self.holder)):
                return

    def look(self) -> None:
        """Do nothing if no other run has the endpoint.

        :raises EndpointHeldError: while another run has it.
        """
        self._free()

    def check(self) -> None:
        """Do nothing if this attempt may still change the endpoint.

        :raises EndpointHeldError: if another attempt has it by now.
        """
        if self._last()[1] != self.holder:
            raise EndpointHeldError("Another attempt has taken the endpoint over from this one; nothing was changed.")

    def _free(self) -> tuple[int, Holder | None]:
        number, last = self._last()
        if last is not None and last.run != self.holder.run and not self.ended(last.run):
            raise EndpointHeldError(
                f"The run {last.run} is changing the endpoint. This run goes on when that run has ended. If it never "
                "ends, unpause its DAG or mark the run failed."
            )
        return number, last

    def _last(self) -> tuple[int, Holder | None]:
        number, values = self.log.last()
        return number, None if values is None else Holder(**values)


def run_has_ended(run: str) -> bool:
    """Ask Airflow whether a DAG run has ended or is deleted; where there is no Airflow to ask, it counts as going on.

    :raises TransientError: if Airflow does not say.
    """
    from airflow.sdk.api.client import ServerResponseError
    from airflow.sdk.exceptions import AirflowRuntimeError
    from airflow.sdk.execution_time import task_runner

    if not hasattr(task_runner, "SUPERVISOR_COMMS"):
        return False
    dag_id, _, run_id = run.partition("/")
    try:
        state = task_runner.RuntimeTaskInstance.get_dagrun_state(dag_id, run_id)
    except AirflowRuntimeError as error:
        if (error.error.detail or {}).get("status_code") == _NOT_FOUND:
            return True
        raise _unsaid(run, error) from error
    except ServerResponseError as error:  # `airflow dags test` asks without a supervisor in between
        if error.response.status_code == _NOT_FOUND:
            return True
        raise _unsaid(run, error) from error
    return str(getattr(state, "value", state)) in _ENDED


def _unsaid(run: str, error: Exception) -> TransientError:
    return TransientError(f"Airflow does not say how the run {run} is ({error}). The task will ask again.")
