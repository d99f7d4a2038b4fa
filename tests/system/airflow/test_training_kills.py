"""Whatever is killed while a model is trained and promoted: one job, one version, one update, as if nothing was."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.timeout(900)


def test_task_processes_killed_in_each_step(trainings, airflow):
    airflow.hold_reply("CreateTrainingJob")
    trainings.hold("train")
    run = trainings.begin()
    airflow.kill_between_call_and_reply(run, "train")
    airflow.wait_for_trigger(run, "train", 2)
    trainings.release("train")
    killed = airflow.kill_while_running(run, "train")
    airflow.hold_reply("CreateTransformJob")
    airflow.kill_between_call_and_reply(run, "transform_challenger")
    airflow.hold_reply("CreateModelPackage")
    airflow.kill_between_call_and_reply(run, "register_model")
    airflow.hold_reply("UpdateEndpoint")
    trainings.hold("serve")
    airflow.kill_between_call_and_reply(run, "promote")
    airflow.wait_for_trigger(run, "promote", 2)
    trainings.release("serve")
    killed += airflow.kill_while_running(run, "promote")
    killed += airflow.kill_while_running(run, "verify_endpoint")
    airflow.finish(run)
    trainings.check(run)
    tries = {task["task_id"]: task["try_number"] for task in airflow.tasks(run)}
    held = ("train", "transform_challenger", "register_model", "promote")
    assert all(tries[task_id] >= 2 + (task_id in killed) for task_id in held), tries
    assert len(killed) >= 2, f"only {killed} were caught running"


def test_scheduler_and_triggerer_killed_while_a_job_and_an_update_are_waited_for(trainings, airflow):
    trainings.hold("train")
    run = trainings.begin()
    kill_both_while_deferred(airflow, run, "train")
    trainings.release("train")
    airflow.wait_for_state(run, "evaluate", "success")
    trainings.hold("serve")
    kill_both_while_deferred(airflow, run, "promote")
    trainings.release("serve")
    airflow.finish(run)
    trainings.check(run)


def kill_both_while_deferred(airflow, run, task_id):
    airflow.wait_for_trigger(run, task_id, 1)
    for process in ("triggerer", "scheduler"):
        airflow.kill(process)
        airflow.wait_for_state(run, task_id, "deferred")
