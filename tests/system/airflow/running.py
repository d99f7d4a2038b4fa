"""An Airflow that is killed and comes back, as a service manager would bring it back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psutil

from local.demo.airflow_api import AirflowApi
from local.settings import AIRFLOW_USER
from local.stack import airflow, health
from local.stack.processes import Part
from local.stack.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.demo.airflow_api import DagRun

IMPATIENT = {
    # A dead process is noticed in seconds, so that a test need not wait for minutes.
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "12",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "15",
}
POLICY = '''"""A failed try is followed by the next in seconds."""

from datetime import timedelta


def task_policy(task):
    task.retry_delay = timedelta(seconds=2)
    task.retries = 6
'''


class ImpatientStack(Stack):
    """The stack, its Airflow with short patience."""

    def parts(self) -> list[Part]:
        home = self.settings.airflow_home / "config"
        home.mkdir(parents=True, exist_ok=True)
        (home / "airflow_local_settings.py").write_text(POLICY)
        return [
            Part(part.name, part.command, {**part.environment, **IMPATIENT}, part.folder, part.health_url)
            if part.name in airflow.PROCESSES
            else part
            for part in super().parts()
        ]


class RunningAirflow:
    """Drives one Airflow over its REST API and kills its processes."""

    def __init__(self, stack: ImpatientStack) -> None:
        self.stack = stack
        self.api = AirflowApi(stack.settings.airflow_url, AIRFLOW_USER, stack.secrets.airflow_password)

    def kill(self, name: str) -> None:
        """Kill one of Airflow's processes, clean up what it left and start it again, as systemd does."""
        process = self.stack.processes.find(name)
        assert process is not None, f"{name} does not run"
        process.kill()
        psutil.wait_procs([process], timeout=10)
        self.stack.processes.stop([name])
        part = next(part for part in self.stack.parts() if part.name == name)
        self.stack.processes.start(part)
        health.wait_until_ready(self.stack.processes, part)

    def kill_task(self, task: dict[str, Any]) -> bool:
        """Kill the executor's worker and the process of a running task; return False if it was through already."""
        for process in psutil.process_iter():
            try:
                if task["id"] not in " ".join(process.cmdline()):
                    continue
                victims = [process]
                parent = process.parent()
                scheduler = self.stack.processes.find("scheduler")
                if parent is not None and scheduler is not None and parent.pid != scheduler.pid:
                    victims.insert(0, parent)
                for victim in victims:
                    victim.kill()
            except psutil.NoSuchProcess:
                continue
            else:
                return True
        return False

    def tasks(self, run: DagRun, task_id: str | None = None) -> list[dict[str, Any]]:
        """Return the task instances of a run."""
        found = self.api.task_instances(run.dag_id, run.run_id)
        return [task for task in found if task_id in {None, task["task_id"]}]

    def wait_for_state(self, run: DagRun, task_id: str, *states: str, seconds: float = 120) -> dict[str, Any]:
        """Return a task when it is in one of these states."""
        deadline = time.monotonic() + seconds
        while True:
            for task in self.tasks(run, task_id):
                if task["state"] in states:
                    return task
            assert time.monotonic() < deadline, [(task["task_id"], task["state"]) for task in self.tasks(run)]
            time.sleep(0.2)

    def clear(self, run: DagRun, *task_ids: str) -> None:
        """Clear tasks, and no other, of a run."""
        body = {
            "dry_run": False,
            "dag_run_id": run.run_id,
            "task_ids": list(task_ids),
            "only_failed": False,
            "include_downstream": False,
            "reset_dag_runs": True,
        }
        self._check(self.api.http.post(f"/dags/{run.dag_id}/clearTaskInstances", json=body))

    def mark(self, run: DagRun, task_id: str, state: str) -> None:
        """Mark a task failed or success, as a person does."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}"
        self._check(self.api.http.patch(path, json={"new_state": state}))

    def finish(self, run: DagRun, meanwhile: Callable[[], None] = lambda: None, seconds: float = 240) -> DagRun:
        """Wait until a run has succeeded."""
        return self.api.wait(run, seconds, meanwhile)

    @staticmethod
    def _check(answer: Any) -> None:
        assert not answer.is_error, answer.text[:1000]
