"""An Airflow with Celery workers on a Redis and a PostgreSQL of its own, whose services are the stubs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
from sqlalchemy import create_engine, make_url, text

from benchmarks.stubs.airflow import StubbedStack
from benchmarks.stubs.running import connections
from local.config.settings import HOST, Settings
from local.stack import airflow, bootstrap, health
from local.stack.processes import Part
from tests.integration.aws.stack import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUEUE = "scoring"
WORKER = "celery-worker"
DATABASE = "airflow_on_celery"
QUICK_TO_MISS_A_TASK = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
}


class CeleryStack(StubbedStack):
    """Airflow on CeleryExecutor; its workers are started and killed one by one.

    :param dags: The folder of its DAGs.
    :param broker: The URL of the Redis.
    :param database: The URL of the PostgreSQL database, with the driver psycopg2.
    """

    def __init__(self, settings: Settings, url: str, *, dags: Path, broker: str, database: str) -> None:
        super().__init__(settings, url)
        self._changes = {
            **connections(url),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__PARALLELISM": "32",
            "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "32",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
            **QUICK_TO_MISS_A_TASK,
        }

    def parts(self) -> list[Part]:
        """Return Airflow's processes, without a worker."""
        parts = airflow.airflow_parts(self.settings, self.secrets)
        return [replace(part, environment=self._environment(part.environment)) for part in parts]

    def start_worker(self, processes: int) -> psutil.Process:
        """Start a worker with so many pool processes, and return it when it takes tasks."""
        command = ["celery", "worker", "--queues", QUEUE, "--concurrency", str(processes), "--skip-serve-logs"]
        environment = self._environment(airflow.airflow_environment(self.settings, self.secrets))
        part = Part(
            WORKER,
            airflow.command(*command, "--without-mingle", "--without-gossip", "--pid", str(self._pid_file)),
            environment,
            self.settings.airflow_home,
        )
        log = self.processes.log(WORKER)
        before = log.stat().st_size if log.exists() else 0
        self.processes.start(part)
        health.wait_until(
            lambda: b" ready." in log.read_bytes()[before:], self.processes, WORKER, "said that it is ready"
        )
        found = self.processes.find(WORKER)
        assert found is not None, "it has just said that it is ready"
        return found

    def stop_worker(self) -> None:
        """End the worker as its service manager would: it finishes its tasks first."""
        self.processes.stop([WORKER])

    def kill_worker(self) -> None:
        """Kill the worker and all that it started, as the end of its container or machine does."""
        worker = self.processes.find(WORKER)
        assert worker is not None, "the worker runs"
        family = [worker, *worker.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=10)
        self.processes.stop([WORKER])
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.settings.state / "worker.pid"

    def _environment(self, given: dict[str, str]) -> dict[str, str]:
        changed = {**given, **self._changes}
        del changed["AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS"]  # SQLite's
        return changed

    def _prepare_airflow(self) -> None:
        airflow.prepare_home(self.settings, self.secrets)
        environment = self._environment(airflow.airflow_environment(self.settings, self.secrets))
        bootstrap.run_once(airflow.command("db", "migrate"), environment)


@contextmanager
def celery_stack(state: Path, dags: Path, url: str) -> Iterator[CeleryStack]:
    """Run an Airflow of these DAGs on the stubs, with no worker yet.

    :raises RuntimeError: where no redis-server is installed, or no PostgreSQL was named (tests/with_postgresql).
    """
    loops = state / "loops"
    loops.mkdir(parents=True)
    settings = Settings.from_environment({"AIRFLOW_PORT": str(free_port()), "NIGHTLOOP_LOOPS": str(loops)}, state)
    with redis(state) as broker:
        stack = CeleryStack(settings, url, dags=dags, broker=broker, database=new_database())
        try:
            stack.up()
            yield stack
        finally:
            stack.down()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing on disk, and answer its URL."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("no redis-server is installed (Debian: apt-get install redis-server)")
    port = str(free_port())
    command = [program, "--bind", HOST, "--port", port, "--save", "", "--appendonly", "no"]
    with (folder / "redis.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for_redis(folder / "redis.log", process)
        yield f"redis://{HOST}:{port}/0"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for_redis(log: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while b"Ready to accept connections" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"redis-server did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def new_database() -> str:
    """Make Airflow's database on the PostgreSQL that NIGHTLOOP_TEST_POSTGRESQL names, and answer its URL."""
    given = os.environ.get("NIGHTLOOP_TEST_POSTGRESQL")
    if given is None:
        raise RuntimeError("NIGHTLOOP_TEST_POSTGRESQL names no PostgreSQL: run this with tests/with_postgresql")
    server = create_engine(given, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    server.dispose()
    url = make_url(given).set(database=DATABASE, drivername="postgresql+psycopg2")
    return url.render_as_string(hide_password=False)
