"""Airflow as its users drive it: the REST API v2."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from local.errors import NightError

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_SECONDS = 1.0
ENDED = ("success", "failed")


@dataclass(frozen=True)
class DagRun:
    """One run of a DAG as Airflow reports it."""

    dag_id: str
    run_id: str
    state: str
    run_type: str
    started: datetime | None
    ended: datetime | None

    @property
    def seconds(self) -> float:
        """How long the run took; 0 while it runs."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else 0.0

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> DagRun:
        """Read a run from an answer of the API."""
        return cls(
            dag_id=body["dag_id"],
            run_id=body["dag_run_id"],
            state=body["state"],
            run_type=body["run_type"],
            started=read_time(body["start_date"]),
            ended=read_time(body["end_date"]),
        )


class AirflowApi:
    """A signed-in client of one Airflow.

    :param patience: For so many seconds a question that gets no answer, or a server error, is asked again.
    """

    def __init__(self, url: str, user: str, password: str, patience: float = 0) -> None:
        self.url = url
        self.patience = patience
        answer = httpx.post(f"{url}/auth/token", json={"username": user, "password": password}, timeout=30)
        if answer.status_code != 201:
            raise NightError(f"Airflow at {url} refused to sign {user} in: {answer.status_code} {answer.text[:200]}")
        token = answer.json()["access_token"]
        transport = httpx.HTTPTransport(retries=3)
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=60, transport=transport)

    def wait_for_dags(self, *dag_ids: str, seconds: float = 180) -> None:
        """Return when all DAGs are parsed; else raise NightError with Airflow's import errors."""
        deadline = time.monotonic() + seconds
        while missing := [dag_id for dag_id in dag_ids if not self._exists(dag_id)]:
            errors = self._get("/importErrors")["import_errors"]
            if time.monotonic() > deadline or errors:
                traces = "\n".join(f"{error['filename']}:\n{error['stack_trace']}" for error in errors)
                raise NightError(f"Airflow has no DAG {', '.join(missing)}.\n{traces}".rstrip())
            time.sleep(POLL_SECONDS)

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler run a DAG."""
        self._check(self.http.patch(f"/dags/{dag_id}", json={"is_paused": False}))

    def trigger(self, dag_id: str, **body: object) -> DagRun:
        """Start a run; `body` may have logical_date, run_after and conf."""
        answer = self._check(self.http.post(f"/dags/{dag_id}/dagRuns", json={"logical_date": None, **body}))
        return DagRun.from_json(answer.json())

    def run(self, dag_id: str, run_id: str) -> DagRun:
        """Return the current state of a run."""
        return DagRun.from_json(self._get(f"/dags/{dag_id}/dagRuns/{run_id}"))

    def runs(self, dag_id: str) -> list[DagRun]:
        """Return all runs of a DAG, oldest first."""
        rows = self._get(f"/dags/{dag_id}/dagRuns", limit=100, order_by="id")["dag_runs"]
        return [DagRun.from_json(row) for row in rows]

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return the task instances of a run."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        found: list[dict[str, Any]] = []
        while True:
            answer = self._get(path, limit=100, offset=len(found))
            found += answer["task_instances"]
            if len(found) >= answer["total_entries"] or not answer["task_instances"]:
                return found

    def count_asset_events(self) -> int:
        """Return how many events all assets have had."""
        return int(self._get("/assets/events", limit=1)["total_entries"])

    def wait(self, run: DagRun, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> DagRun:
        """Return a run when it has succeeded, calling `meanwhile()` between two polls; NightError shows what failed."""
        deadline = time.monotonic() + seconds
        while (now := self.run(run.dag_id, run.run_id)).state not in ENDED:
            if time.monotonic() > deadline:
                raise NightError(f"{run.dag_id} has not ended in {seconds:.0f} s: {self._describe_tasks(now)}")
            meanwhile()
            time.sleep(POLL_SECONDS)
        if now.state != "success":
            raise NightError(f"{run.dag_id} failed: {self._describe_tasks(now)}")
        return now

    def _describe_tasks(self, run: DagRun) -> str:
        tasks = self.task_instances(run.dag_id, run.run_id)
        states = ", ".join(f"{_name(task)} {task['state']}" for task in tasks if task["state"] != "success")
        failed = [task for task in tasks if task["state"] == "failed"]
        return "\n".join([states or "every task succeeded", *(self._log_end(run, task) for task in failed[:1])])

    def _log_end(self, run: DagRun, task: dict[str, Any], count: int = 25) -> str:
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
        answer = self.http.get(path, params={"map_index": task["map_index"], "full_content": "true"})
        if answer.status_code != 200:
            return f"(its log cannot be read: {answer.status_code})"
        lines = [_log_line(event) for event in answer.json()["content"]]
        return "\n".join([f"The end of {_name(task)}'s log:", *(f"  | {line}" for line in lines[-count:])])

    def _exists(self, dag_id: str) -> bool:
        return self.http.get(f"/dags/{dag_id}").status_code == 200

    def _get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                answer = self.http.get(path, params=parameters)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if not answer.is_server_error or time.monotonic() > deadline:
                    body: dict[str, Any] = self._check(answer).json()
                    return body
            time.sleep(POLL_SECONDS)

    @staticmethod
    def _check(answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            asked = f"{answer.request.method} {answer.request.url.path}"
            raise NightError(f"Airflow answered {answer.status_code} to {asked}: {answer.text[:500]}")
        return answer


def read_time(text: str | None) -> datetime | None:
    """Read a time of the API; None while there is none."""
    return datetime.fromisoformat(text) if text else None


def _name(task: dict[str, Any]) -> str:
    mapped = f"[{task['map_index']}]" if task["map_index"] >= 0 else ""
    return f"{task['task_id']}{mapped}"


def _log_line(event: object) -> str:
    if not isinstance(event, dict):
        return str(event)
    detail = event.get("error_detail")
    extra = "".join(f"\n{error.get('exc_type')}: {error.get('exc_value')}" for error in detail or [])
    return f"{event.get('level', '')} {event.get('event', '')}{extra}".strip()
