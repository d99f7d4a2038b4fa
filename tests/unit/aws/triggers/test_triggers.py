"""Triggers: rebuilt as they were, and stopping a job only for a task that was given up."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest
from airflow.sdk.module_loading import import_string

from nightloop.aws.errors import TransientError
from nightloop.aws.jobs.ownership import Ownership, was_ended_by_hand
from nightloop.aws.notifications.reviewers import ReviewerNotices
from nightloop.aws.triggers.base import ended
from nightloop.aws.triggers.endpoint import EndpointTrigger
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.aws.triggers.listed_human_loops import ListedHumanLoopsTrigger
from nightloop.aws.triggers.training_job import TrainingJobTrigger
from nightloop.aws.triggers.transform_job import TransformJobTrigger

HUMAN_LOOPS = {
    "loops_uri": "s3://b/p/voc/nights/2026-11-22/reviews.jsonl",
    "flow_definition_arn": "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc",
    "deadline": "2026-11-23T12:00:00+00:00",
    "poll_seconds": 5,
    "events_queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/loops",
    "notices": {
        "settings": {
            "loop": "voc",
            "workteam_arn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers",
            "channels": [{"via": "smtp", "to": "ann@example.com", "connection": None}],
            "remind_before_minutes": [60],
            "timezone": "Europe/Berlin",
        },
        "folder": "s3://b/p/voc/nights/2026-11-22/notices",
        "night": "2026-11-22",
        "opened": "2026-11-23T02:10:00+00:00",
        "portal": "https://portal.example.com",
    },
    "a2i_conn_id": "a2i_other",
    "aws_conn_id": "aws_other",
    "region_name": "eu-west-1",
    "verify": False,
    "botocore_config": {"read_timeout": 5},
}
JOB = {
    "name": "voc-train-1",
    "result": {"output": "s3://b/k"},
    "ownership": {"owners": "s3://b/owners", "attempt": "019"},
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
    ListedHumanLoopsTrigger(**HUMAN_LOOPS, review_names=["a", "b"]),
    TrainingJobTrigger(**JOB),
    TransformJobTrigger(**JOB),
    EndpointTrigger(**JOB),
]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: type(trigger).__name__)
def test_round_trip_through_json(trigger):
    path, arguments = trigger.serialize()
    clone = import_string(path)(**json.loads(json.dumps(arguments)))
    assert clone.serialize() == (path, arguments)


def test_settings_of_notices_survive_json():
    settings = HUMAN_LOOPS["notices"]["settings"]
    assert json.loads(json.dumps(ReviewerNotices.from_json(settings).to_json())) == settings


@pytest.mark.parametrize("trigger", TRIGGERS[2:], ids=lambda trigger: type(trigger).__name__)
def test_region_verify_and_configuration_reach_the_hook(trigger):
    hook = trigger.hook()
    assert (hook.aws_conn_id, hook._region_name, hook._verify) == ("aws_other", "eu-west-1", False)
    assert hook._config.read_timeout == 5


@pytest.mark.parametrize("trigger", TRIGGERS[2:], ids=lambda trigger: type(trigger).__name__)
def test_its_waiter_is_described(trigger):
    assert trigger.waiter_name in trigger.hook()._list_custom_waiters()


@pytest.mark.parametrize("change", [{"cancel_on_kill": False}, {"ownership": None}])
def test_a_job_that_may_not_be_stopped_is_not_asked_about(monkeypatch, change):
    trigger = TrainingJobTrigger(**JOB | {"cancel_on_kill": True} | change)
    monkeypatch.setattr(Ownership, "end", lambda *_: pytest.fail("nothing is asked"))
    asyncio.run(trigger.on_kill())


def test_a_kill_that_cannot_ask_stops_nothing_and_raises_nothing(monkeypatch, capsys):
    trigger = TrainingJobTrigger(**JOB | {"cancel_on_kill": True})
    trigger._task_instance = SimpleNamespace(dag_id="d", task_id="train", run_id="r", map_index=-1)

    def unreachable(**_):
        raise RuntimeError("no answer")

    monkeypatch.setattr("airflow.sdk.execution_time.task_runner.RuntimeTaskInstance.get_task_states", unreachable)
    asyncio.run(trigger.on_kill())
    assert "could not be stopped" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("map_index", "states", "ended_by_hand"),
    [
        (-1, {"train": "failed"}, True),
        (-1, {"train": "success"}, True),
        (-1, {"train": "skipped"}, True),
        (-1, {"train": "running"}, False),
        (-1, {"train": "up_for_retry"}, False),
        (-1, {"train": None}, False),
        (-1, {}, False),
        (2, {"train_2": "failed"}, True),
        (2, {"train_2": "deferred"}, False),
    ],
)
def test_which_states_end_a_task(monkeypatch, map_index, states, ended_by_hand):
    ti = SimpleNamespace(dag_id="d", task_id="train", run_id="r", map_index=map_index)
    ask = "airflow.sdk.execution_time.task_runner.RuntimeTaskInstance.get_task_states"
    monkeypatch.setattr(ask, lambda **_: {"r": states})
    assert was_ended_by_hand(ti) is ended_by_hand


def test_an_endpoint_update_cannot_be_cancelled(monkeypatch):
    trigger = EndpointTrigger(**JOB | {"cancel_on_kill": True})
    monkeypatch.setattr(trigger, "hook", lambda: pytest.fail("nothing is called"))
    asyncio.run(trigger.on_kill())


def test_the_event_gives_back_name_and_result():
    assert ended({"status": "success", "ended": {"name": "x", "result": {"a": 1}}}) == ("x", {"a": 1})
    with pytest.raises(TransientError, match="could not look"):
        ended({"status": "error", "message": "could not look", "ended": None})
