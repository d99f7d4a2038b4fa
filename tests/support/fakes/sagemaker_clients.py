"""A pytest plugin: SageMaker, its runtime and CloudWatch in memory, and pauses that take no time."""

from __future__ import annotations

import asyncio
import time

import pytest

from .cloudwatch import FakeCloudWatch
from .sagemaker import FakeSageMaker
from .sagemaker_runtime import FakeSageMakerRuntime
from .scaling import FakeScaling


@pytest.fixture
def sagemaker(clients):
    return clients.use(FakeSageMaker())


@pytest.fixture
def alarms(clients):
    return clients.use(FakeCloudWatch())


@pytest.fixture
def scaling(clients):
    return clients.use(FakeScaling())


@pytest.fixture
def runtime(clients):
    return clients.use(FakeSageMakerRuntime())


@pytest.fixture
def pauses(monkeypatch, sagemaker):
    """Let each pause of the code under test be one of SageMaker's next moments; return how long each would have been.

    More than a hundred of them mean that nobody ends what is waited for.
    """
    paused: list[float] = []
    sleep = asyncio.sleep

    def pause(seconds):
        paused.append(seconds)
        assert len(paused) <= 100, "it waits for ever"
        sagemaker.tick()

    async def async_pause(seconds, result=None):
        pause(seconds)
        await sleep(0)
        return result

    monkeypatch.setattr(time, "sleep", pause)
    monkeypatch.setattr(asyncio, "sleep", async_pause)
    return paused


@pytest.fixture
def task_state(monkeypatch):
    """Return what sets the state Airflow says a task is in: `failed` and `success` are set by a person."""

    def set_state(state):
        def states(*, task_ids, run_ids, **_):
            return {run_ids[0]: {task_ids[0]: state}}

        monkeypatch.setattr("airflow.sdk.execution_time.task_runner.RuntimeTaskInstance.get_task_states", states)

    return set_state
