"""Whose a job is: attempts that adopt, are killed, cleared and come back as ghosts, in every order."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.dag_factory import serving_tasks
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.errors import JobFailedError
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.jobs.ownership_log import Owner, OwnershipLog
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.training.train import TrainOperator
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.aws.triggers.training_job import TrainingJobTrigger
from tests.integration.aws.nights import Night
from tests.integration.aws.running import Context, run

STATES = "airflow.sdk.execution_time.task_runner.RuntimeTaskInstance.get_task_states"


@pytest.fixture(scope="module")
def loop(live_loop):
    return live_loop


@pytest.fixture(scope="module")
def cohort(loop, stack):
    from nightloop.aws.datasets.cohorts import Cohorts

    with stack.connected():
        cohorts = Cohorts(ObjectStore(), DataSettings.of(loop))
        return cohorts.write(cohorts.merge({}, None))


@pytest.fixture
def train(loop, cohort, request):
    """Make the operator of a training that takes so many seconds, another one for each test."""
    given = TrainingSettings.of(loop, loop.training.first)

    def make(seconds=20.0, **arguments):
        changed = {**given.hyperparameters, "seconds": str(seconds), "test": request.node.name}
        settings = replace(given, hyperparameters=changed)
        return TrainOperator(task_id="train", settings=settings, cohort=cohort, poll_seconds=1, **arguments)

    return make


@pytest.fixture
def jobs(stack, train):
    """Statuses of the trainings of this test by name, oldest first; none is left running."""
    sagemaker = stack.client("sagemaker", "sagemaker")

    def statuses():
        found = []
        for page in sagemaker.get_paginator("list_training_jobs").paginate(
            SortBy="CreationTime", SortOrder="Ascending"
        ):
            for job in page["TrainingJobSummaries"]:
                name = job["TrainingJobName"]
                described = sagemaker.describe_training_job(TrainingJobName=name)
                if described["HyperParameters"].get("test") == train().settings.hyperparameters["test"]:
                    found.append((name, described["TrainingJobStatus"]))
        return found

    yield statuses
    for name, status in statuses():
        if status == "InProgress":
            sagemaker.stop_training_job(TrainingJobName=name)


def defer(operator):
    context = Context()
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context)
    trigger = deferred.value.trigger
    _, arguments = trigger.serialize()
    rebuilt = TrainingJobTrigger(**arguments)
    rebuilt._task_instance = context
    return rebuilt


def kill(monkeypatch, trigger, state):
    monkeypatch.setattr(STATES, lambda **_: {"run": {"task": state}})
    asyncio.run(trigger.on_kill())


def wait_for(statuses, *wanted):
    deadline = time.monotonic() + 30
    while [status for _, status in statuses()] != list(wanted):
        assert time.monotonic() < deadline, statuses()
        time.sleep(0.2)


@pytest.mark.parametrize("state", ["failed", "success"])
def test_a_task_ended_by_hand_stops_its_job(monkeypatch, train, jobs, state):
    kill(monkeypatch, defer(train()), state)
    wait_for(jobs, "Stopped")


@pytest.mark.parametrize("state", [None, "scheduled", "queued", "running", "deferred", "up_for_retry"])
def test_a_cleared_task_leaves_its_job_alone(monkeypatch, train, jobs, state):
    kill(monkeypatch, defer(train()), state)
    assert [status for _, status in jobs()] == ["InProgress"]


@pytest.mark.parametrize("state", ["failed", "success", "deferred"])
def test_a_ghost_never_stops_its_successor_s_job(monkeypatch, train, jobs, state):
    """The next attempt adopts before the old trigger's on_kill is called, and has itself ended in whatever way."""
    ghost = defer(train())
    defer(train())
    kill(monkeypatch, ghost, state)
    assert [status for _, status in jobs()] == ["InProgress"]


def test_marked_failed_then_cleared_trains_under_the_next_name(monkeypatch, train, jobs):
    kill(monkeypatch, defer(train()), "failed")
    defer(train())
    wait_for(jobs, "Stopped", "InProgress")
    defer(train())
    assert len(jobs()) == 2


def test_who_gave_up_and_died_before_the_stop_is_made_good(monkeypatch, train, jobs):
    trigger = defer(train())
    store = ObjectStore()
    assert OwnershipLog(store, trigger.ownership.owners).give_up(trigger.ownership.attempt)
    defer(train())
    wait_for(jobs, "Stopped", "InProgress")


def test_a_worker_that_waits_itself(train, jobs):
    result = run(train(seconds=2, deferrable=False))
    assert result["metrics"]["validation:mAP"] == pytest.approx(0.5)
    assert run(train(seconds=2)) == result
    assert [status for _, status in jobs()] == ["Completed"]


@pytest.mark.parametrize(("state", "status"), [("failed", "Stopped"), ("running", "InProgress"), (None, "InProgress")])
def test_on_kill_of_a_worker_that_waits_itself(monkeypatch, train, jobs, state, status):
    monkeypatch.setattr(STATES, lambda **_: {"run": {"task": state}})
    operator, context = train(deferrable=False), Context()
    polling = threading.Event()
    monkeypatch.setattr(operator, "_poll", lambda _: polling.set())
    with pytest.raises(Exception, match="is InProgress"):
        operator.execute(context)
    assert polling.is_set()
    operator.on_kill()
    wait_for(jobs, status)


def test_on_kill_without_a_job_does_nothing(train, jobs):
    train().on_kill()
    assert jobs() == []


@pytest.mark.parametrize("deferrable", [True, False])
def test_transform_both_ways(loop, stack, deferrable):
    sagemaker = stack.client("sagemaker", "sagemaker")
    config = sagemaker.describe_endpoint(EndpointName=loop.endpoint.name)["EndpointConfigName"]
    model = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]["ModelName"]
    result = run(serving_tasks.transform(loop, "transform", model), poll_seconds=1, deferrable=deferrable)
    assert result["model"] == model
    assert len(sagemaker.list_transform_jobs(NameContains=loop.name)["TransformJobSummaries"]) == 1


@pytest.mark.parametrize("deferrable", [True, False])
def test_a_transform_that_failed_is_run_anew_when_its_task_is_cleared(loop, stack, s3, deferrable):
    """Else the live model could not be measured any more, and no training would end, for one machine that broke."""
    sagemaker, key, name = stack.client("sagemaker", "sagemaker"), f"broken-{deferrable}.tar.gz", f"broken-{deferrable}"
    s3.put_object(Bucket=loop.bucket, Key=key, Body=b"no archive")
    live = sagemaker.describe_model(ModelName=ModelHook().live_model(loop.endpoint.name).model)
    container = {"Image": live["PrimaryContainer"]["Image"], "ModelDataUrl": f"s3://{loop.bucket}/{key}"}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=live["ExecutionRoleArn"])
    transform, changed = serving_tasks.transform(loop, "transform", name), {"poll_seconds": 1, "deferrable": deferrable}
    with pytest.raises(JobFailedError, match="clear this task: it runs again"):
        run(transform, **changed)
    good = live["PrimaryContainer"]["ModelDataUrl"].removeprefix(f"s3://{loop.bucket}/")
    s3.copy_object(Bucket=loop.bucket, Key=key, CopySource={"Bucket": loop.bucket, "Key": good})
    result = run(transform)
    assert run(transform) == result, "the second one is adopted"
    assert result["output"].rstrip("/").endswith("-2")


@pytest.mark.parametrize("deferrable", [True, False])
def test_endpoint_both_ways(loop, stack, deferrable):
    sagemaker = stack.client("sagemaker", "sagemaker")
    live = sagemaker.describe_endpoint(EndpointName=loop.endpoint.name)["EndpointConfigName"]
    name = f"both-ways-{deferrable}".lower()
    arguments = {"endpoint_name": name, "config": live, "poll_seconds": 1, "deferrable": deferrable}
    try:
        assert run(CreateEndpointOperator(task_id="create", **arguments)) == live
        assert sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService"
    finally:
        sagemaker.delete_endpoint(EndpointName=name)


def test_of_many_who_take_and_one_who_gives_up_the_log_has_one_order(loop):
    """Whatever the interleaving: a give-up that succeeded is the last entry, and every later take is refused."""
    for number in range(6):
        logs = [OwnershipLog(ObjectStore(), f"{Night(loop, 'x').folder}/logs/{number}") for _ in range(4)]
        assert logs[0].take("first")
        taken: dict[int, bool] = {}
        begin = threading.Barrier(4)

        def take(index, logs=logs, taken=taken, begin=begin):
            _ = logs[index].log.store.client
            begin.wait()
            taken[index] = logs[index].give_up("first") if index == 0 else logs[index].take(f"attempt-{index}")

        threads = [threading.Thread(target=take, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        history = logs[0].history()
        assert history[0] == Owner("first")
        if taken[0]:
            assert history == [Owner("first"), Owner("first", given_up=True)]
            assert [taken[index] for index in (1, 2, 3)] == [False] * 3
        else:
            assert sorted(owner.attempt for owner in history[1:]) == ["attempt-1", "attempt-2", "attempt-3"]
