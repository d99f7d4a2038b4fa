"""What every job operator does about a job: start once, adopt, wait, give up, never pay twice (shown by a training)."""

from __future__ import annotations

import time

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import CapacityError, JobFailedError, JobUnfinishedError, ServiceFaultError
from nightloop.aws.jobs.ownership_log import Owner, OwnershipLog
from nightloop.aws.operators.sagemaker.job import UNDER_WAY
from nightloop.aws.operators.training.train import TrainOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error
from tests.support.fakes.sagemaker_jobs import NO_MACHINES
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import TRAINING, line, manifest

COHORT = {"cohort": "c1", "train": "s3://bucket/c1/train", "validation": "s3://bucket/c1/validation"}
FIRST, SECOND = (TRAINING.job_name("c1", None, ordinal) for ordinal in (0, 1))


@pytest.fixture(autouse=True)
def cohort(s3):
    s3.put(COHORT["train"], manifest(line("s3://bucket/1.png"), line("s3://bucket/2.png")))
    s3.put(COHORT["validation"], manifest(line("s3://bucket/3.png")))


def train(**arguments):
    return TrainOperator(task_id="train", settings=TRAINING, cohort=COHORT, **arguments)


def attempt(number):
    return context(FakeTask(id=f"attempt-{number}", task_id="train", try_number=number))


def owners(name=FIRST):
    return [(one.attempt, one.given_up) for one in OwnershipLog(ObjectStore(), TRAINING.owners(name)).history()]


def test_it_starts_the_job_and_waits_without_a_worker(s3, sagemaker):
    with pytest.raises(TaskDeferred) as deferred:
        train(poll_seconds=7, cancel_on_kill=False, region_name="eu-west-1", verify=False).execute(attempt(1))
    assert sagemaker.made() == ["create_training_job"]
    assert deferred.value.method_name == "execute_complete"
    path, arguments = deferred.value.trigger.serialize()
    assert path == "nightloop.aws.triggers.training_job.TrainingJobTrigger"
    assert arguments == {
        "name": FIRST,
        "result": None,
        "ownership": {"owners": TRAINING.owners(FIRST), "attempt": "attempt-1"},
        "cancel_on_kill": False,
        "waiter_delay": 7,
        "waiter_max_attempts": (2 * 3600 + 1800) // 7,
        "aws_conn_id": "aws_default",
        "region_name": "eu-west-1",
        "verify": False,
    }


@pytest.mark.parametrize("status", sorted(UNDER_WAY))
def test_a_job_under_way_is_adopted_and_paid_once(s3, sagemaker, status):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    sagemaker.jobs[FIRST]["TrainingJobStatus"] = status
    with pytest.raises(TaskDeferred) as deferred:
        train().execute(attempt(2))
    assert sagemaker.made() == ["create_training_job"]
    assert deferred.value.trigger.ownership.attempt == "attempt-2"
    assert owners() == [("attempt-1", False), ("attempt-2", False)]


def test_a_completed_job_is_adopted_and_nobody_s_to_stop(s3, sagemaker, task_state):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    sagemaker.end(FIRST)
    operator = train()
    assert operator.execute(attempt(2))["training_job"] == FIRST
    assert sagemaker.made() == ["create_training_job"]
    assert owners() == [("attempt-1", False)]
    task_state("failed")
    operator.on_kill()
    assert sagemaker.made() == ["create_training_job"]


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_job_that_ended_badly_is_told_and_not_paid_again(s3, sagemaker, status):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    sagemaker.end(FIRST, status, FailureReason="AlgorithmError: out of memory, exit code: 1")
    with pytest.raises(JobFailedError, match=rf"{FIRST} is {status}: AlgorithmError.*`ordinal` one higher"):
        train().execute(attempt(2))
    assert sagemaker.made() == ["create_training_job"]


def test_a_job_that_had_no_machine_cost_nothing_and_the_next_name_is_tried(s3, sagemaker):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    sagemaker.end(FIRST, "Failed", machine=False, FailureReason=NO_MACHINES)
    with pytest.raises(CapacityError, match=FIRST):
        train().execute_complete(attempt(1), {"status": "success", "ended": {"name": FIRST, "result": None}})
    with pytest.raises(TaskDeferred) as deferred:
        train().execute(attempt(2))
    assert deferred.value.trigger.name == SECOND
    assert [request["TrainingJobName"] for request in sagemaker.requests("create_training_job")] == [FIRST, SECOND]
    assert owners(FIRST) == [("attempt-1", False)]
    assert owners(SECOND) == [("attempt-2", False)]


def test_a_job_that_failed_on_a_machine_for_want_of_more_was_paid(s3, sagemaker):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    sagemaker.end(FIRST, "Failed", machine=True, FailureReason=NO_MACHINES)
    with pytest.raises(JobFailedError):
        train().execute(attempt(2))
    assert sagemaker.made() == ["create_training_job"]


def test_two_attempts_at_once_start_one_job(s3, sagemaker):
    """The other one looks, owns and creates between this one's look and its request."""
    met = []

    def other():
        with pytest.raises(TaskDeferred):
            train().execute(attempt(2))
        met.append(sagemaker.status_of(FIRST))

    sagemaker.before("create_training_job", other)
    with pytest.raises(TaskDeferred) as deferred:
        train().execute(attempt(1))
    assert met == ["InProgress"]
    assert deferred.value.trigger.name == FIRST
    assert list(sagemaker.jobs) == [FIRST]
    assert owners() == [("attempt-1", False), ("attempt-2", False)]


def test_a_job_that_was_given_up_is_stopped_again_and_the_next_name_started(s3, sagemaker):
    """Its owner gave it up and died before it could stop it: the job would run on, unowned and paid."""
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    assert OwnershipLog(ObjectStore(), TRAINING.owners(FIRST)).give_up("attempt-1")
    with pytest.raises(TaskDeferred) as deferred:
        train().execute(attempt(2))
    assert deferred.value.trigger.name == SECOND
    assert sagemaker.made() == ["create_training_job", "stop_training_job", "create_training_job"]
    assert sagemaker.status_of(FIRST) == "Stopping"


def test_a_job_given_up_that_has_ended_is_not_stopped(s3, sagemaker):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    OwnershipLog(ObjectStore(), TRAINING.owners(FIRST)).give_up("attempt-1")
    sagemaker.end(FIRST, "Stopped")
    with pytest.raises(TaskDeferred):
        train().execute(attempt(2))
    assert sagemaker.requests("stop_training_job") == []


def test_a_job_given_up_that_ends_at_this_moment_holds_nobody_up(s3, sagemaker):
    with pytest.raises(TaskDeferred):
        train().execute(attempt(1))
    OwnershipLog(ObjectStore(), TRAINING.owners(FIRST)).give_up("attempt-1")
    sagemaker.before("stop_training_job", lambda: sagemaker.end(FIRST, "Stopped"))
    with pytest.raises(TaskDeferred) as deferred:
        train().execute(attempt(2))
    assert deferred.value.trigger.name == SECOND


def held(arguments=None, number=1):
    operator = train(**(arguments or {}))
    with pytest.raises(TaskDeferred):
        operator.execute(attempt(number))
    return operator


@pytest.mark.parametrize("state", ["failed", "success", "skipped", "removed"])
def test_a_task_marked_by_hand_stops_its_job(s3, sagemaker, task_state, state):
    operator = held()
    task_state(state)
    operator.on_kill()
    assert sagemaker.requests("stop_training_job") == [{"TrainingJobName": FIRST}]
    assert owners()[-1] == ("attempt-1", True)


@pytest.mark.parametrize("state", [None, "running", "restarting", "up_for_retry", "scheduled"])
def test_a_cleared_task_stops_nothing(s3, sagemaker, task_state, state):
    operator = held()
    task_state(state)
    operator.on_kill()
    assert sagemaker.requests("stop_training_job") == []
    assert owners() == [("attempt-1", False)]


def test_a_job_another_attempt_has_by_now_is_not_stopped(s3, sagemaker, task_state):
    operator = held()
    held(number=2)
    task_state("failed")
    operator.on_kill()
    assert sagemaker.requests("stop_training_job") == []


def test_without_cancel_on_kill_nothing_is_asked_or_stopped(s3, sagemaker, task_state):
    operator = held({"cancel_on_kill": False})
    task_state("failed")
    operator.on_kill()
    assert sagemaker.requests("stop_training_job") == []
    assert owners() == [("attempt-1", False)]


def test_a_kill_before_anything_was_started_stops_nothing(s3, sagemaker, task_state):
    task_state("failed")
    train().on_kill()
    assert sagemaker.calls == []


def test_a_kill_that_cannot_stop_the_job_says_so_and_raises_nothing(s3, sagemaker, task_state, capsys):
    operator = held()
    task_state("failed")
    sagemaker.fail("stop_training_job", aws_error("AccessDeniedException", "no"))
    operator.on_kill()
    assert owners()[-1] == ("attempt-1", True)
    assert f"{FIRST} could not be stopped; its time limit ends it." in capsys.readouterr().out


def test_with_a_worker_it_looks_until_the_job_has_ended(s3, sagemaker, pauses):
    sagemaker.later(lambda: None, lambda: sagemaker.end(FIRST))
    found = train(deferrable=False, poll_seconds=7).execute(attempt(1))
    assert found["training_job"] == FIRST
    assert pauses == [7, 7]


def test_a_service_that_is_away_for_a_moment_does_not_end_the_looking(s3, sagemaker, pauses):
    def away():
        sagemaker.fail("describe_training_job", THROTTLED)
        sagemaker.fail("describe_training_job", BROKEN)

    sagemaker.later(away, lambda: None, lambda: sagemaker.end(FIRST))
    assert train(deferrable=False).execute(attempt(1))["training_job"] == FIRST
    assert len(pauses) == 3


def test_looking_ends_with_the_longest_time_and_pays_nothing(s3, sagemaker, pauses, monkeypatch):
    monkeypatch.setattr(TrainOperator, "longest_seconds", lambda _: 3)
    times = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(times)))
    with pytest.raises(JobUnfinishedError, match=f"{FIRST} is still under way after 3 s"):
        train(deferrable=False).execute(attempt(1))
    assert sagemaker.made() == ["create_training_job"]


def test_a_service_that_fails_at_the_start_leaves_the_job_to_the_next_try(s3, sagemaker):
    sagemaker.fail("create_training_job", BROKEN)
    with pytest.raises(ServiceFaultError):
        train().execute(attempt(1))
    with pytest.raises(TaskDeferred) as deferred:
        train().execute(attempt(2))
    assert deferred.value.trigger.name == FIRST
    assert list(sagemaker.jobs) == [FIRST]


def test_a_job_whose_start_was_not_confirmed_is_adopted(s3, sagemaker):
    sagemaker.lose("create_training_job")
    with pytest.raises(ServiceFaultError):
        train().execute(attempt(1))
    with pytest.raises(TaskDeferred):
        train().execute(attempt(2))
    assert sagemaker.made() == ["create_training_job"]


def test_owners_are_written_down_beside_the_model(s3, sagemaker):
    held()
    assert f"{TRAINING.output}/{FIRST}/owners/000001.json" in s3.objects
    assert OwnershipLog(ObjectStore(), TRAINING.owners(FIRST)).history() == [Owner("attempt-1")]
