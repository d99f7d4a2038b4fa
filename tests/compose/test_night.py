"""A night on the compose stack while a worker dies, the review service dies, and PostgreSQL is restarted."""

from __future__ import annotations

import json
import subprocess
import threading
import time

import httpx
import pytest

from benchmarks.common import records
from tests.compose.stack import ComposeStack, docker, environment
from tests.support import compose

NIGHT = "nightly_review_voc"


class Saboteur(threading.Thread):
    """Kills a worker in the middle of a task; while people answer, kills the review service and restarts PostgreSQL."""

    def __init__(self, stack: ComposeStack) -> None:
        super().__init__(name="saboteur", daemon=True)
        self.stack = stack
        self.done: list[str] = []
        self.error: BaseException | None = None
        self.answers = threading.Event()

    def run(self) -> None:
        try:
            self._kill_a_worker_at_work()
            assert self.answers.wait(600), "nobody answered a review"
            (review,) = self.stack.containers("review")
            self.stack.crash(review)
            self.done.append("review")
            self.stack.run("restart", "postgres")
            self.done.append("postgres")
        except BaseException as error:  # noqa: BLE001 - it is raised in the test
            self.error = error

    def _kill_a_worker_at_work(self) -> None:
        api = self.stack.airflow()
        workers = self.stack.containers("airflow-worker")
        assert len(workers) == 2
        deadline = time.monotonic() + 900
        while time.monotonic() < deadline:
            running = [task for run in api.runs(NIGHT) for task in api.task_instances(NIGHT, run.run_id)]
            hosts = [task["hostname"] for task in running if task["state"] == "running"]
            if busy := [worker for worker in workers for host in hosts if host and worker.startswith(host)]:
                self.stack.crash(busy[0])
                self.done.append("worker")
                return
            time.sleep(0.3)
        pytest.fail("no task of the night ran on a worker")


@pytest.fixture(scope="module")
def night(stack, times):
    saboteur = Saboteur(stack)
    begun = time.monotonic()
    words = stack.words("run", "--rm", "--no-deps", "demo-night")
    with subprocess.Popen(
        words,
        cwd=compose.ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        saboteur.start()
        printed = []
        for line in process.stdout:
            print(line, end="", flush=True)
            printed.append(line)
            if "reviews answered" in line:
                saboteur.answers.set()
    times["night"] = round(time.monotonic() - begun, 1)
    saboteur.join(60)
    if saboteur.error:
        raise saboteur.error
    assert process.returncode == 0, "".join(printed)[-6000:]
    return saboteur, "".join(printed)


@pytest.mark.timeout(3600)
def test_the_night_ends_right_whatever_is_killed(stack, night):
    saboteur, printed = night
    assert saboteur.done == ["worker", "review", "postgres"]
    assert "all conditions hold" in printed
    summary = json.loads(stack.run("run", "--rm", "--no-deps", "demo-night", "cat", "build/summary.json"))
    assert summary["ok"] is True
    first, again = summary["nights"]
    assert first["reviews_completed"] == first["reviews_opened"] > 20
    assert again["reviews_opened"] == 0
    assert summary["promotion"]["decision"] == "promoted"


def test_the_parts_are_well_afterwards(stack, night):
    stack.run("up", "--detach", "--wait", "--wait-timeout", "300")
    health = httpx.get(f"{stack.airflow().url}/api/v2/monitor/health", timeout=10).json()
    assert {part["status"] for part in health.values()} == {"healthy"}


def test_a_tasks_log_is_read_after_its_worker_has_gone(stack, night):
    api = stack.airflow()
    run = api.runs(NIGHT)[0]
    task = next(task for task in api.task_instances(NIGHT, run.run_id) if task["task_id"] == "list_images")
    log = api.http.get(
        f"/dags/{NIGHT}/dagRuns/{run.run_id}/taskInstances/list_images/logs/{task['try_number']}",
        params={"full_content": "true"},
    )
    assert "80 images in" in log.text


def test_nothing_runs_as_root_and_nothing_else_is_published(stack):
    for container in stack.run("ps", "--quiet").split():
        user = docker("exec", container, "id", "--user")
        assert user not in {"", "0"}, container
    published = stack.run("ps", "--format", "{{.Service}} {{.Ports}}").splitlines()
    assert [line.split()[0] for line in published if "->" in line] == ["proxy"]


def test_no_container_was_killed_for_its_memory(stack, night):
    for container in stack.run("ps", "--all", "--quiet").split():
        assert docker("inspect", "--format", "{{.State.OOMKilled}}", container) == "false", container


def test_the_record(times, night):
    """Not a test of speed: it writes what docs/reference/performance.md shows."""
    what = {
        "build": "images built",
        "up": "stack brought up healthy",
        "night": "bootstrap, night, training, night again",
    }
    rows = [records.Record(what[name], seconds, "s", "make compose-test") for name, seconds in times.items()]
    assert records.write("compose", rows)
