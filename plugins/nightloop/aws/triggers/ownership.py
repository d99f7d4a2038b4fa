"""Whether a killed trigger may stop its job, or a newer try of the task owns it already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asgiref.sync import sync_to_async

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger

GIVEN_UP: Final = {"failed", "skipped", "removed", "success"}
"""States a person sets to end a task. Any other state after a kill means that the task was cleared and goes on."""


async def was_given_up(trigger: BaseTrigger) -> bool:
    """Say whether the task behind a killed trigger was ended for good.

    After a *clear* the next try may run, and adopt the job by its name, before the old trigger's `on_kill` is called:
    stopping the job then would kill the new try's work.
    """
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    ti: Any = trigger.task_instance
    if ti is None:
        return False
    states = await sync_to_async(RuntimeTaskInstance.get_task_states)(
        dag_id=ti.dag_id, task_ids=[ti.task_id], run_ids=[ti.run_id], map_index=ti.map_index
    )
    state = states.get(ti.run_id, {}).get(ti.task_id)
    return state is not None and str(getattr(state, "value", state)) in GIVEN_UP
