"""What every operator that changes an endpoint does while it settles (shown by one that creates it)."""

from __future__ import annotations

import asyncio
import time

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import EndpointBusyError, EndpointNotServingError
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.endpoint import EndpointOperator
from tests.support.fakes.client import BROKEN
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import SERVING, make_model


@pytest.fixture
def config(s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    sagemaker.create_endpoint_config(**SERVING.config_request("champion"))
    return SERVING.config_name("champion")


def changing(config, **arguments):
    operator = CreateEndpointOperator(task_id="endpoint", endpoint_name="live", config=config, **arguments)
    assert isinstance(operator, EndpointOperator)
    return operator


def test_it_waits_with_the_settings_of_its_clients(sagemaker, config):
    with pytest.raises(TaskDeferred) as waiting:
        changing(config, region_name="eu-west-1", verify=False, botocore_config={"read_timeout": 5}).execute(context())
    _, arguments = waiting.value.trigger.serialize()
    told = {key: arguments[key] for key in ("region_name", "verify", "botocore_config", "aws_conn_id")}
    assert told == {
        "region_name": "eu-west-1",
        "verify": False,
        "botocore_config": {"read_timeout": 5},
        "aws_conn_id": "aws_default",
    }


def test_ending_the_task_leaves_the_change_to_itself(sagemaker, config, task_state):
    operator = changing(config)
    with pytest.raises(TaskDeferred) as waiting:
        operator.execute(context())
    task_state("failed")
    before = sagemaker.made()
    operator.on_kill()
    trigger = waiting.value.trigger
    trigger._task_instance = FakeTask()
    asyncio.run(trigger.on_kill())
    assert sagemaker.made() == before


@pytest.mark.parametrize("status", ["OutOfService", "UpdateRollbackFailed"])
def test_whatever_it_settles_to_ends_the_looking(sagemaker, config, pauses, status):
    sagemaker.later(lambda: sagemaker.settle("live", status))
    with pytest.raises(EndpointNotServingError, match=status):
        changing(config, deferrable=False).execute(context())
    assert len(pauses) == 1


def test_with_a_worker_it_looks_until_it_serves(sagemaker, config, pauses):
    def away():
        sagemaker.fail("describe_endpoint", BROKEN)

    sagemaker.later(away, lambda: None, lambda: sagemaker.settle("live"))
    assert changing(config, deferrable=False, poll_seconds=3).execute(context()) == config
    assert pauses == [3, 3, 3]


def test_an_endpoint_that_never_settles_is_told(sagemaker, config, pauses, monkeypatch):
    times = iter(range(0, 100_000, 3600))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(times)))
    with pytest.raises(EndpointBusyError, match="live has not settled in 7200 s"):
        changing(config, deferrable=False).execute(context())
