"""A task instance and its context, with the XComs of its run."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any


class FakeTask:
    """The running try of a task.

    :param xcoms: What other tasks have pushed: values by task id, or by (task id, key).
    """

    def __init__(
        self,
        xcoms: dict[Any, Any] | None = None,
        *,
        task_id="task",
        dag_id="dag",
        run_id="scheduled__2026-11-22T00:00:00+00:00",
        try_number=1,
        map_index=-1,
        id="0199-1",  # noqa: A002
    ):
        self.task_id, self.dag_id, self.run_id, self.try_number = task_id, dag_id, run_id, try_number
        self.map_index, self.id = map_index, id
        self.task = SimpleNamespace(task_id=task_id)
        self.xcoms = {key if isinstance(key, tuple) else (key, "return_value"): v for key, v in (xcoms or {}).items()}
        self.pushed: dict[str, Any] = {}

    def xcom_pull(self, task_ids=None, key="return_value", default=None, **_):
        if isinstance(task_ids, str) or task_ids is None:
            return self.xcoms.get((task_ids or self.task_id, key), default)
        return [self.xcoms.get((task_id, key), default) for task_id in task_ids]

    def xcom_push(self, key, value):
        self.pushed[key] = value
        self.xcoms[self.task_id, key] = value


def context(ti: FakeTask | None = None, params: dict[str, Any] | None = None, **more) -> dict[str, Any]:
    """Return what Airflow gives `execute`."""
    ti = ti or FakeTask()
    at = datetime(2026, 11, 22, tzinfo=UTC)
    run = SimpleNamespace(run_id=ti.run_id, dag_id=ti.dag_id, logical_date=at, run_after=at, conf={}, run_type="manual")
    return {
        "ti": ti,
        "task_instance": ti,
        "run_id": ti.run_id,
        "dag_run": run,
        "params": params or {},
        "logical_date": at,
        "ds": "2026-11-22",
        **more,
    }
