"""An Airflow that is killed and comes back, as a service manager would bring it back."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.exactly_once import histories
from local.config.settings import AIRFLOW_USER
from local.demo.driver.airflow_api import AirflowApi
from local.stack import airflow, health
from local.stack.stack import Stack
from tests.integration.aws import container
from tests.integration.faults.ordering import TOKEN, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.exactly_once.histories import Entry
    from local.demo.driver.airflow_api import DagRun
    from local.stack.processes import Part

RECTANGLES = "rectangles:1"
"""The image of the tests' own container, beside that of the real detector."""

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
    """The stack, its Airflow with short patience, its SageMaker under test: it takes orders and writes a history."""

    def parts(self) -> list[Part]:
        home = self.settings.airflow_home / "config"
        home.mkdir(parents=True, exist_ok=True)
        (home / "airflow_local_settings.py").write_text(POLICY)
        return [
            replace(part, environment={**part.environment, **IMPATIENT}) if part.name in airflow.PROCESSES else part
            for part in super().parts()
        ]

    def service_parts(self) -> list[Part]:
        parts = super().service_parts()
        models = next(part.environment for part in parts if part.name == "sagemaker")
        images = json.loads(models["NIGHTLOOP_SAGEMAKER_IMAGES"])
        models["NIGHTLOOP_SAGEMAKER_IMAGES"] = json.dumps(
            {**images, RECTANGLES: [sys.executable, str(Path(container.__file__))]}
        )
        models["NIGHTLOOP_SAGEMAKER_FAULTS_TOKEN"] = TOKEN
        models["NIGHTLOOP_SAGEMAKER_HISTORY"] = str(self.history_path)
        models["NIGHTLOOP_SAGEMAKER_PING_GRACE_SECONDS"] = "300"  # a model that is held begins to serve late
        return parts

    @property
    def history_path(self) -> Path:
        return self.settings.state / "sagemaker.history.jsonl"


class RunningAirflow:
    """Drives one Airflow over its REST API and kills its processes."""

    def __init__(self, stack: ImpatientStack) -> None:
        self.stack = stack
        self.models = Faults(stack.settings.sagemaker_url)
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
        found = self._processes_of(task)
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return bool(found)

    def _processes_of(self, task: dict[str, Any]) -> list[psutil.Process]:
        scheduler = self.stack.processes.find("scheduler")
        assert scheduler is not None, "the scheduler runs"
        # Both have the task's id in their title; a worker comes before its child, whose death it would report.
        return [process for process in scheduler.children(recursive=True) if task["id"] in _title(process)]

    def kill_while_running(self, run: DagRun, task_id: str) -> list[str]:
        """Kill a try of a task as soon as it runs; return the task's id if that try was caught."""
        task = self.wait_for_state(run, task_id, "running", "success", "failed")
        caught = task["try_number"]
        while (task["state"], task["try_number"]) == ("running", caught):
            if self.kill_task(task):
                return [task_id]
            time.sleep(0.1)
            task = self.tasks(run, task_id)[0]
        return []

    def kill_between_call_and_reply(self, run: DagRun, task_id: str) -> None:
        """Kill a task when SageMaker has done what it asked for and it has not heard so; see `hold_reply`."""
        self.wait_until(lambda: self.models.happened() == 1, f"the call of {task_id} was held")
        task = self.wait_for_state(run, task_id, "running")
        assert self.kill_task(task), f"the process of {task_id} waits for a reply"
        self.models.forget()

    def hold_reply(self, operation: str) -> None:
        """Let the caller of the next such call wait for its reply until it is killed."""
        self.models.order(operation, "hold-after", seconds=300)

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

    def wait_for_trigger(self, run: DagRun, task_id: str, number: int) -> None:
        """Return when this try of a task is deferred and the triggerer has begun to wait for it."""

        def reached() -> bool:
            (task,) = self.tasks(run, task_id)
            waits = (task["try_number"], task["state"]) == (number, "deferred")
            return waits and "Status of " in self.trigger_log(run, task_id, number)

        self.wait_until(reached, f"the triggerer waited for try {number} of {task_id}")

    def wait_until(self, condition: Callable[[], object], what: str, seconds: float = 120) -> None:
        """Return when a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
            time.sleep(0.2)

    def result(self, run: DagRun, task_id: str) -> Any:
        """Return what a task returned."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        answer = self.api.http.get(path)
        self._check(answer)
        return answer.json()["value"]

    def trigger_log(self, run: DagRun, task_id: str, number: int) -> str:
        """Return what the trigger of a try wrote."""
        logs = self.stack.settings.airflow_home / "logs" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}"
        found = (logs / f"task_id={task_id}").glob(f"attempt={number}.log.trigger.*")
        return "".join(path.read_text() for path in found)

    def history(self) -> list[Entry]:
        """Return what SageMaker was asked to change and did."""
        return histories.read(self.stack.history_path)

    def wait_for_question(self, run: DagRun, task_id: str, seconds: float = 240) -> None:
        """Return when a task asks a person and the scheduler knows that the process which asked has ended.

        An answer before that makes Airflow 3.3 take the try for failed; the next try asks again.
        """
        task = self.wait_for_state(run, task_id, "awaiting_input", seconds=seconds)
        self.wait_until(lambda: not self._processes_of(task), f"the process of {task_id} ended")
        for _ in range(2):  # the first may be of a round that began before the end
            self._wait_for_heartbeat()

    def _wait_for_heartbeat(self) -> None:
        before = self._heartbeat()
        self.wait_until(lambda: self._heartbeat() != before, "the scheduler's heart beat")

    def _heartbeat(self) -> Any:
        answer = self.api.http.get("/monitor/health")
        self._check(answer)
        return answer.json()["scheduler"]["latest_scheduler_heartbeat"]

    def answer(self, run: DagRun, task_id: str, option: str) -> None:
        """Answer what a task asks a person."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/-1/hitlDetails"
        self._check(self.api.http.patch(path, json={"chosen_options": [option], "params_input": {}}))

    def clear(self, run: DagRun, *task_ids: str, downstream: bool = False) -> None:
        """Clear tasks of a run, and no other unless all that follow them are to be cleared too."""
        body = {
            "dry_run": False,
            "dag_run_id": run.run_id,
            "task_ids": list(task_ids),
            "only_failed": False,
            "include_downstream": downstream,
            "reset_dag_runs": True,
        }
        self._check(self.api.http.post(f"/dags/{run.dag_id}/clearTaskInstances", json=body))

    def give_up(self, run: DagRun) -> None:
        """Mark a run failed if it has not ended: the next run of its DAG waits for it."""
        if self.api.run(run.dag_id, run.run_id).state in {"queued", "running"}:
            self._check(self.api.http.patch(f"/dags/{run.dag_id}/dagRuns/{run.run_id}", json={"state": "failed"}))

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


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
