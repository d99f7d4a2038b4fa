"""A person clears a training that is waited for, or marks it failed: who stops which job, in a real triggerer."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.timeout(600)


def test_a_failed_trainings_job_is_stopped_and_a_cleared_ones_is_not(trainings, airflow):
    trainings.hold("train")
    run = trainings.begin()
    airflow.wait_for_trigger(run, "train", 1)
    (job,) = trainings.made(run, "CreateTrainingJob")

    airflow.clear(run, "train")
    airflow.wait_for_trigger(run, "train", 2)
    wait_for_the_ghost(airflow, run, 1, "goes on: its task was cleared")
    assert trainings.made(run, "StopTrainingJob") == []
    assert status(trainings, job) == "InProgress"

    airflow.mark(run, "train", "failed")
    airflow.wait_until(lambda: status(trainings, job) == "Stopped", "the job of the failed task was stopped")
    wait_for_the_ghost(airflow, run, 2, "is being stopped: its task was ended by hand")

    airflow.clear(run, "train", downstream=True)
    airflow.wait_for_trigger(run, "train", 3)
    trainings.release("train")
    airflow.finish(run)
    results = trainings.check(run, given_up=frozenset({job}))
    assert results["train"]["training_job"] != job
    assert trainings.made(run, "StopTrainingJob") == [job]


def test_a_training_cleared_at_once_after_it_was_marked_failed(trainings, airflow):
    """The ghost of the failed try may come before or after the next one: stopped is only what nobody has."""
    trainings.hold("train")
    run = trainings.begin()
    airflow.wait_for_trigger(run, "train", 1)
    (job,) = trainings.made(run, "CreateTrainingJob")
    airflow.mark(run, "train", "failed")
    airflow.clear(run, "train", downstream=True)
    airflow.wait_for_trigger(run, "train", 2)
    trainings.release("train")
    airflow.finish(run)
    ended = frozenset({job} & set(trainings.made(run, "StopTrainingJob")))
    trainings.check(run, given_up=ended)


def wait_for_the_ghost(airflow, run, number, says):
    """Wait until the triggerer has ended the trigger of a try and told what it did."""
    airflow.wait_until(lambda: says in airflow.trigger_log(run, "train", number), f"the trigger of try {number} {says}")


def status(trainings, job):
    return trainings.sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"]
