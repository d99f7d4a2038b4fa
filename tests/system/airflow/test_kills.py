"""Whatever is killed while a night runs, it ends as if nothing had happened."""

from __future__ import annotations

import pytest

# Airflow takes a task whose process is gone for dead after some seconds, and each step is killed.
pytestmark = pytest.mark.timeout(900)

BEFORE_WAITING = ("list_images", "score_images", "plan_reviews", "open_reviews")
AFTER_WAITING = ("collect_answers", "build_manifest", "check_manifest", "write_receipt")


def test_task_processes_killed_in_each_step(nights, airflow):
    before, killed = nights.records.loops(), []
    run = nights.begin("2026-03-01")
    for task_id in BEFORE_WAITING:
        killed += airflow.kill_while_running(run, task_id)
    airflow.wait_for_state(run, "wait_for_answers", "deferred")
    nights.answer()
    for task_id in AFTER_WAITING:
        killed += airflow.kill_while_running(run, task_id)
    airflow.finish(run, nights.answer)
    nights.check("2026-03-01", before)
    assert len(killed) >= 4, f"only {killed} were caught running"
    retried = {task["task_id"] for task in airflow.tasks(run) if task["try_number"] > 1}
    assert set(killed) <= retried


@pytest.mark.parametrize(("task_id", "night"), [("score_images", "2026-03-02"), ("open_reviews", "2026-03-03")])
def test_scheduler_killed(nights, airflow, task_id, night):
    before = nights.records.loops()
    run = nights.begin(night)
    airflow.wait_for_state(run, task_id, "scheduled", "queued", "running", "success")
    airflow.kill("scheduler")
    airflow.wait_for_state(run, "wait_for_answers", "deferred")
    airflow.kill("scheduler")
    airflow.finish(run, nights.answer)
    nights.check(night, before)


def test_triggerer_killed_while_all_wait(nights, airflow):
    before = nights.records.loops()
    run = nights.begin("2026-03-04")
    for _ in range(2):
        airflow.wait_for_state(run, "wait_for_answers", "deferred")
        airflow.kill("triggerer")
    airflow.finish(run, nights.answer)
    nights.check("2026-03-04", before)


def test_cleared_and_marked_while_waiting(nights, airflow):
    before = nights.records.loops()
    run = nights.begin("2026-03-05")
    airflow.wait_for_state(run, "wait_for_answers", "deferred")
    airflow.clear(run, "wait_for_answers")
    airflow.wait_for_state(run, "wait_for_answers", "deferred")
    airflow.mark(run, "wait_for_answers", "failed")
    airflow.wait_for_state(run, "wait_for_answers", "failed")
    airflow.clear(run, *AFTER_WAITING, "wait_for_answers", "publish_manifest")
    airflow.wait_for_state(run, "wait_for_answers", "deferred")
    airflow.finish(run, nights.answer)
    nights.check("2026-03-05", before)


def test_any_single_task_of_a_finished_night_cleared_gives_the_same_files(nights, airflow):
    before = nights.records.loops()
    run = nights.begin("2026-03-06")
    airflow.finish(run, nights.answer)
    files, loops = nights.check("2026-03-06", before), nights.records.loops()
    for task_id in (*BEFORE_WAITING, "wait_for_answers", *AFTER_WAITING):
        airflow.clear(run, task_id)
        airflow.finish(run, seconds=120)
        assert nights.files("2026-03-06") == files, task_id
    assert nights.records.loops() == loops
