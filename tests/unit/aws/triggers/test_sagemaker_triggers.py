"""The triggers of jobs and endpoints: every end, every pause, every failure of the service, every kill."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from airflow.sdk.module_loading import import_string

from nightloop.aws.errors import JobUnfinishedError, TransientError
from nightloop.aws.jobs.ownership_log import OwnershipLog
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.endpoint import EndpointTrigger
from nightloop.aws.triggers.training_job import TrainingJobTrigger
from nightloop.aws.triggers.transform_job import TransformJobTrigger
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error
from tests.support.fakes.task import FakeTask
from tests.support.one_loop import SERVING, TRAINING, make_live, make_model

if TYPE_CHECKING:
    from collections.abc import Callable

OWNERS = "s3://bucket/owners"
RESULT = {"output": "s3://bucket/out"}


def training(sagemaker):
    request = TRAINING.request(
        name="job", train="s3://b/t", validation="s3://b/v", lines=[], label_width=350, parent=None
    )
    sagemaker.create_training_job(**request)


def transform(sagemaker):
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=SERVING.role_arn)
    sagemaker.create_transform_job(
        TransformJobName="job",
        ModelName="m",
        TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://b/m"}}},
        TransformOutput={"S3OutputPath": "s3://b/o"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )


@dataclass(frozen=True)
class Job:
    """A kind of job: its trigger, what starts one, and how its operations are called."""

    kind: type
    make: Callable
    word: str


JOBS = pytest.mark.parametrize(
    "job",
    [Job(TrainingJobTrigger, training, "training_job"), Job(TransformJobTrigger, transform, "transform_job")],
    ids=["training", "transform"],
)


AWAY = [
    THROTTLED,
    BROKEN,
    aws_error("InternalFailure", "", status=500),
    aws_error("ServiceUnavailable", "later", status=503),
    aws_error("502", "Bad Gateway", status=502),
]


def trigger(kind, **arguments):
    arguments = {"name": "job", "result": RESULT, "waiter_delay": 5, "waiter_max_attempts": 4} | arguments
    made = kind(**arguments)
    path, serialized = made.serialize()
    return import_string(path)(**json.loads(json.dumps(serialized)))


def events(one):
    async def gather():
        return [event.payload async for event in one.run()]

    return asyncio.run(gather())


@JOBS
@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_a_job_s_end_is_one_event_whatever_it_is(s3, sagemaker, pauses, job, status):
    job.make(sagemaker)
    sagemaker.later(lambda: None, lambda: sagemaker.end("job", status))
    (event,) = events(trigger(job.kind))
    assert event == {"status": "success", "ended": {"name": "job", "result": RESULT}}
    assert ended(event) == ("job", RESULT)
    assert pauses == [5, 5]
    assert len(sagemaker.requests(f"describe_{job.word}")) == 3


@JOBS
def test_a_job_that_is_being_stopped_has_not_ended(s3, sagemaker, pauses, job):
    job.make(sagemaker)
    getattr(sagemaker, f"stop_{job.word}")(**{job.kind.name_parameter: "job"})
    sagemaker.later(lambda: sagemaker.end("job", "Stopped"))
    assert len(events(trigger(job.kind))) == 1
    assert pauses == [5]


@JOBS
def test_a_job_that_is_gone_is_for_the_operator_to_tell(s3, sagemaker, pauses, job):
    (event,) = events(trigger(job.kind))
    assert event["status"] == "success"


@JOBS
def test_a_job_that_outlasts_the_waiting_is_told_as_unfinished(s3, sagemaker, pauses, job):
    job.make(sagemaker)
    (event,) = events(trigger(job.kind, waiter_max_attempts=3))
    assert (event["status"], event["unfinished"]) == ("error", True)
    with pytest.raises(JobUnfinishedError, match="job is still under way"):
        ended(event)
    assert len(sagemaker.requests(f"describe_{job.word}")) == 3


@JOBS
@pytest.mark.parametrize("failure", AWAY, ids=lambda failure: failure.response["Error"]["Code"])
def test_a_service_that_is_away_does_not_end_the_waiting(s3, sagemaker, pauses, job, failure):
    job.make(sagemaker)
    sagemaker.fail(f"describe_{job.word}", failure, times=2)
    sagemaker.later(lambda: None, lambda: None, lambda: sagemaker.end("job"))
    (event,) = events(trigger(job.kind))
    assert event["status"] == "success"


@JOBS
def test_a_refused_look_is_for_the_next_try_of_the_task(s3, sagemaker, pauses, job):
    job.make(sagemaker)
    sagemaker.fail(f"describe_{job.word}", aws_error("ExpiredTokenException", "The security token expired", status=403))
    (event,) = events(trigger(job.kind))
    assert (event["status"], event["unfinished"]) == ("error", False)
    with pytest.raises(TransientError, match="will look again"):
        ended(event)


def killed(kind, attempt="attempt-1", **arguments):
    one = trigger(kind, ownership={"owners": OWNERS, "attempt": attempt}, **arguments)
    one._task_instance = FakeTask(task_id="train")
    asyncio.run(one.on_kill())


def take(attempt):
    assert OwnershipLog(ObjectStore(), OWNERS).take(attempt)


@JOBS
@pytest.mark.parametrize("state", ["failed", "success"])
def test_a_task_marked_by_hand_stops_its_job(s3, sagemaker, task_state, job, state):
    job.make(sagemaker)
    take("attempt-1")
    task_state(state)
    killed(job.kind)
    assert sagemaker.requests(f"stop_{job.word}") == [{job.kind.name_parameter: "job"}]
    assert OwnershipLog(ObjectStore(), OWNERS).history()[-1].given_up


@JOBS
@pytest.mark.parametrize("state", [None, "deferred", "running", "scheduled"])
def test_a_cleared_task_stops_nothing(s3, sagemaker, task_state, job, state):
    job.make(sagemaker)
    take("attempt-1")
    task_state(state)
    killed(job.kind)
    assert sagemaker.requests(f"stop_{job.word}") == []
    assert not OwnershipLog(ObjectStore(), OWNERS).history()[-1].given_up


@JOBS
def test_a_job_another_attempt_has_is_not_stopped(s3, sagemaker, task_state, job):
    job.make(sagemaker)
    take("attempt-1")
    take("attempt-2")
    task_state("failed")
    killed(job.kind)
    assert sagemaker.requests(f"stop_{job.word}") == []


@JOBS
def test_a_job_that_has_ended_meanwhile_is_no_error(s3, sagemaker, task_state, job, capsys):
    job.make(sagemaker)
    sagemaker.end("job")
    take("attempt-1")
    task_state("failed")
    killed(job.kind)
    assert "could not be stopped" in capsys.readouterr().out


@JOBS
def test_without_cancel_on_kill_nothing_is_stopped(s3, sagemaker, task_state, job):
    job.make(sagemaker)
    take("attempt-1")
    task_state("failed")
    killed(job.kind, cancel_on_kill=False)
    assert sagemaker.requests(f"stop_{job.word}") == []


@pytest.fixture
def updating(s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    config = make_live(sagemaker, "champion")
    make_model(sagemaker, s3, "challenger")
    sagemaker.create_endpoint_config(
        EndpointConfigName="new",
        ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": "challenger", "InitialInstanceCount": 1}],
    )
    sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="new")
    return config


@pytest.mark.parametrize(
    ("status", "took"),
    [
        ("InService", True),
        ("InService", False),
        ("UpdateRollbackFailed", False),
        ("OutOfService", False),
        ("Failed", False),
    ],
)
def test_an_endpoint_that_has_settled_is_one_event_however_it_did(sagemaker, updating, pauses, status, took):
    sagemaker.later(lambda: None, lambda: sagemaker.settle("live", status, took=took))
    (event,) = events(trigger(EndpointTrigger, name="live", result={"config": "new"}))
    assert ended(event) == ("live", {"config": "new"})
    assert pauses == [5, 5]


@pytest.mark.parametrize("status", ["Creating", "SystemUpdating", "RollingBack", "Deleting"])
def test_an_endpoint_that_is_changed_is_waited_for(sagemaker, updating, pauses, status):
    sagemaker.endpoints["live"]["EndpointStatus"] = status
    (event,) = events(trigger(EndpointTrigger, name="live"))
    assert event["unfinished"] is True


def test_an_endpoint_that_was_deleted_is_for_the_operator_to_tell(sagemaker, pauses):
    (event,) = events(trigger(EndpointTrigger, name="live"))
    assert event["status"] == "success"


def test_region_and_connection_reach_the_client(s3, sagemaker, clients, pauses):
    events(trigger(TrainingJobTrigger, region_name="eu-west-1", aws_conn_id="aws_default"))
    assert clients.asked == [("sagemaker", "aws_default", "eu-west-1", True)]
