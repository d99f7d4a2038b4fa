"""A service that fails for a while does not end the waiting for a job or an endpoint."""

from __future__ import annotations

import asyncio

import pytest

from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.triggers.endpoint import EndpointTrigger
from nightloop.aws.triggers.training_job import TrainingJobTrigger


async def events(trigger):
    return [event.payload async for event in trigger.run()]


@pytest.mark.parametrize("kind", ["throttle", "error", "unavailable", "reset-before", "reset-after"])
@pytest.mark.parametrize("thing", ["endpoint", "training"])
def test_what_fails_for_a_while_is_asked_again(live_loop, stack, thing, kind):
    job = stack.client("sagemaker", "sagemaker").list_training_jobs(NameContains=live_loop.name)
    names = {"endpoint": live_loop.endpoint.name, "training": job["TrainingJobSummaries"][0]["TrainingJobName"]}
    trigger = {"endpoint": EndpointTrigger, "training": TrainingJobTrigger}[thing](
        name=names[thing], result={"kept": 1}, waiter_delay=1, waiter_max_attempts=30
    )
    assert ModelHook().client.meta.config.retries["total_max_attempts"] == 2
    stack.order("sagemaker", "*", kind, times=5)
    (event,) = asyncio.run(events(trigger))
    assert event == {"status": "success", "ended": {"name": names[thing], "result": {"kept": 1}}}
    assert stack.happened("sagemaker") == 5
