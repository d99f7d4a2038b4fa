"""A running Airflow over the services of the integration tests: minutes, so `make test-airflow` alone runs these."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.integration.aws.conftest import make_loop, one_loader, s3, stack  # noqa: F401 - fixtures
from tests.integration.aws.stack import ROOT, free_port

SQLITE = '"""Wait for another process\'s write."""\n\nconnect_args = {"timeout": 60}\n'


@dataclass
class Airflow:
    """An `airflow standalone` whose every visitor is an administrator."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        return self._answer("GET", path, params=parameters)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._answer("POST", path, json=body)

    def unpause(self, dag_id: str) -> None:
        self._answer("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, **conf: Any) -> str:
        self.unpause(dag_id)
        return str(self.post(f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})["dag_run_id"])

    def states(self, dag_id: str, run_id: str) -> dict[str, str]:
        tasks = self.get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {task["task_id"]: str(task["state"]) for task in tasks}

    def wait_for_task(self, dag_id: str, run_id: str, task_id: str, state: str, seconds: float = 150) -> None:
        def reached() -> bool:
            now = self.states(dag_id, run_id)
            assert "failed" not in now.values(), f"{now}\n{self.tail()}"
            return now.get(task_id) == state

        self.wait_until(reached, seconds, lambda: str(self.states(dag_id, run_id)))

    def wait_for_end(self, dag_id: str, run_id: str, seconds: float = 120) -> str:
        def ended() -> bool:
            return self.get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"] in {"success", "failed"}

        self.wait_until(ended, seconds, lambda: str(self.states(dag_id, run_id)))
        return str(self.get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def wait_until(self, condition: Any, seconds: float, describe: Any = lambda: "") -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.tail()
            assert time.monotonic() < deadline, f"not within {seconds} s: {describe()}\n{self.tail()}"
            time.sleep(0.5)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def _answer(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = httpx.request(method, f"{self.url}/api/v2{path}", headers=self._headers(), timeout=30, **arguments)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return dict(answer.json())

    def _headers(self) -> dict[str, str]:
        if not hasattr(self, "_token"):
            self._token = httpx.get(f"{self.url}/auth/token", timeout=30).json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}


@pytest.fixture(scope="session")
def start_airflow(stack, tmp_path_factory):  # noqa: F811
    """Start Airflow on the DAGs of some loops; ended at the end of the session."""
    started: list[Airflow] = []

    def start(*loops: Any) -> Airflow:
        home = tmp_path_factory.mktemp("airflow")
        for loop in loops:
            (home / "loops").mkdir(exist_ok=True)
            shutil.copy(loop.path, home / "loops")
        airflow = launch(home, stack.connections())
        started.append(airflow)
        airflow.wait_until(lambda: is_healthy(airflow.url), 300)
        return airflow

    yield start
    for airflow in started:
        os.killpg(airflow.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            airflow.process.wait(timeout=30)
        # The executor's workers outlive it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(airflow.process.pid, signal.SIGKILL)
        airflow.process.wait()


def launch(home: Path, connections: dict[str, str]) -> Airflow:
    (home / "config").mkdir()
    (home / "config/waiting_sqlite.py").write_text(SQLITE)
    port = free_port()
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "NIGHTLOOP"))}
    environment = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "waiting_sqlite.connect_args",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__TRIGGERER__DEFAULT_CAPACITY": "20",
        "NIGHTLOOP_LOOPS": str(home / "loops"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
        **connections,
    }
    log = home / "standalone.log"
    with log.open("wb") as told:
        command = [str(Path(sys.executable).with_name("airflow")), "standalone"]
        process = subprocess.Popen(command, env=environment, stdout=told, stderr=told, start_new_session=True)
    return Airflow(f"http://127.0.0.1:{port}", log, process)


def is_healthy(url: str) -> bool:
    try:
        parts = httpx.get(f"{url}/api/v2/monitor/health", timeout=5).json()
    except (httpx.HTTPError, ValueError):
        return False
    return all(parts[name]["status"] == "healthy" for name in ("scheduler", "dag_processor", "triggerer"))
