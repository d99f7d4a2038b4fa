"""Whether an attempt that is killed may stop its job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.jobs.ownership_log import OwnershipLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nightloop.aws.storage.object_store import ObjectStore

ENDED_BY_HAND: Final = {"failed", "skipped", "removed", "success"}
"""States a person sets to end a task. Any other state after a kill means that the task was cleared and goes on."""


@dataclass(frozen=True)
class Ownership:
    """One attempt's hold on one job; JSON values, so that it can travel with a trigger.

    :param owners: The S3 folder of the log of the job's owners.
    :param attempt: The id of the attempt's task instance.
    """

    owners: str
    attempt: str

    @classmethod
    def of(cls, values: Mapping[str, str] | None) -> Ownership | None:
        """Read it back."""
        return None if values is None else cls(**values)

    def end(self, store: ObjectStore, ti: Any) -> bool:
        """Give up the job if a person ended the task and no other attempt has it; return whether it may be stopped.

        Both are checked. After a *clear*, the old attempt is killed before or after the next one begins. If before, the
        task's state says that it goes on; if after, the job is the next attempt's. A person who marks a task failed and
        then clears it finds the job either untouched or given up; no job is stopped while the next attempt owns it.
        """
        return was_ended_by_hand(ti) and OwnershipLog(store, self.owners).give_up(self.attempt)


def was_ended_by_hand(ti: Any) -> bool:
    """Say whether a killed task has a state that ends it; False if there is no task to ask about."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    if ti is None:
        return False
    states = RuntimeTaskInstance.get_task_states(
        dag_id=ti.dag_id, task_ids=[ti.task_id], run_ids=[ti.run_id], map_index=ti.map_index
    )
    # Airflow names a mapped task with its index.
    names = (ti.task_id, f"{ti.task_id}_{ti.map_index}")
    state = next((found for name in names if (found := states.get(ti.run_id, {}).get(name)) is not None), None)
    return state is not None and str(getattr(state, "value", state)) in ENDED_BY_HAND
