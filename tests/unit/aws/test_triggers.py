"""Triggers: rebuilt as they were, and stopping a job only for a task that was given up."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest
from airflow.sdk.module_loading import import_string

from nightloop.aws.errors import JobFailedError, NightloopError
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.endpoint import EndpointTrigger
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.aws.triggers.training_job import TrainingJobTrigger
from nightloop.aws.triggers.transform_job import TransformJobTrigger

HUMAN_LOOPS = {
    "loops_uri": "s3://b/p/voc/nights/2026-11-22/loops.jsonl",
    "flow_definition_arn": "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc",
    "deadline": "2026-11-23T12:00:00+00:00",
    "poll_seconds": 5,
    "a2i_conn_id": "a2i_other",
    "aws_conn_id": "aws_other",
    "region_name": "eu-west-1",
    "verify": False,
    "botocore_config": {"read_timeout": 5},
}
JOB = {
    "name": "voc-train-1",
    "result": {"output": "s3://b/k"},
    "cancel_on_kill": False,
    "waiter_delay": 5,
    "waiter_max_attempts": 7,
    "aws_conn_id": "aws_other",
    "region_name": "eu-west-1",
    "verify": False,
    "botocore_config": {"read_timeout": 5},
}
TRIGGERS = [
    HumanLoopsTrigger(**HUMAN_LOOPS),
    TrainingJobTrigger(**JOB),
    TransformJobTrigger(**JOB),
    EndpointTrigger(**JOB),
]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: type(trigger).__name__)
def test_round_trip_through_json(trigger):
    path, arguments = trigger.serialize()
    clone = import_string(path)(**json.loads(json.dumps(arguments)))
    assert clone.serialize() == (path, arguments)


@pytest.mark.parametrize("trigger", TRIGGERS[1:], ids=lambda trigger: type(trigger).__name__)
def test_region_verify_and_configuration_reach_the_hook(trigger):
    hook = trigger.hook()
    assert (hook.aws_conn_id, hook._region_name, hook._verify) == ("aws_other", "eu-west-1", False)
    assert hook._config.read_timeout == 5


@pytest.mark.parametrize("trigger", TRIGGERS[1:], ids=lambda trigger: type(trigger).__name__)
def test_its_waiter_is_described(trigger):
    assert trigger.waiter_name in trigger.hook()._list_custom_waiters()


class Client:
    def __init__(self):
        self.stopped = []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None

    async def stop_training_job(self, **request):
        self.stopped.append(request)


@pytest.mark.parametrize(
    ("state", "cancel", "stopped"),
    [
        ("failed", True, True),
        ("success", True, True),
        ("failed", False, False),
        ("running", True, False),
        ("deferred", True, False),
        ("queued", True, False),
        (None, True, False),
    ],
)
def test_a_kill_stops_the_job_of_a_task_given_up_and_of_no_other(monkeypatch, state, cancel, stopped):
    """After a clear the next try runs before the old trigger's on_kill: the job is the next try's by then."""
    trigger = TrainingJobTrigger(**JOB | {"cancel_on_kill": cancel})
    trigger._task_instance = SimpleNamespace(dag_id="d", task_id="train", run_id="r", map_index=-1)
    client = Client()

    async def connect():
        return client

    monkeypatch.setattr(trigger, "hook", lambda: SimpleNamespace(get_async_conn=connect))
    monkeypatch.setattr(
        "airflow.sdk.execution_time.task_runner.RuntimeTaskInstance.get_task_states",
        lambda **_: {"r": {"train": state}},
    )
    asyncio.run(trigger.on_kill())
    assert client.stopped == ([{"TrainingJobName": "voc-train-1"}] if stopped else [])


def test_a_kill_that_cannot_ask_stops_nothing_and_raises_nothing(monkeypatch, capsys):
    trigger = TrainingJobTrigger(**JOB | {"cancel_on_kill": True})
    trigger._task_instance = SimpleNamespace(dag_id="d", task_id="train", run_id="r", map_index=-1)

    def unreachable(**_):
        raise RuntimeError("no answer")

    monkeypatch.setattr("airflow.sdk.execution_time.task_runner.RuntimeTaskInstance.get_task_states", unreachable)
    asyncio.run(trigger.on_kill())
    assert "could not be stopped" in capsys.readouterr().out


def test_an_endpoint_update_cannot_be_cancelled(monkeypatch):
    trigger = EndpointTrigger(**JOB | {"cancel_on_kill": True})
    monkeypatch.setattr(trigger, "hook", lambda: pytest.fail("nothing is called"))
    asyncio.run(trigger.on_kill())


def test_the_event_gives_back_name_and_result():
    assert ended({"status": "success", "ended": {"name": "x", "result": {"a": 1}}}) == ("x", {"a": 1})
    with pytest.raises(NightloopError, match="could not look") as raised:
        ended({"status": "error", "message": "could not look", "ended": None})
    assert not isinstance(raised.value, JobFailedError)
