"""A service that fails for a while does not end the waiting for a job or an endpoint; what does end it is typed."""

from __future__ import annotations

import asyncio

import pytest

from nightloop.aws.errors import CredentialsError, JobUnfinishedError, TransientError
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.triggers.base import ended
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


def test_credentials_that_expired_meanwhile_are_for_the_next_try_to_tell(live_loop, stack, monkeypatch):
    """It looks itself, with credentials of its own: either they are good again, or it says what is wrong."""
    wrong = stack.connection(secret="another secret", sagemaker=stack.url("sagemaker"))
    monkeypatch.setenv("AIRFLOW_CONN_AWS_WRONG", wrong)
    trigger = EndpointTrigger(name=live_loop.endpoint.name, waiter_delay=1, aws_conn_id="aws_wrong")
    (event,) = asyncio.run(events(trigger))
    with pytest.raises(TransientError, match="look again"):
        ended(event)
    with pytest.raises(CredentialsError, match="'aws_wrong'"):
        ModelHook("aws_wrong").describe_endpoint(live_loop.endpoint.name)


def test_what_goes_on_for_too_long_is_unfinished(live_loop, stack):
    client = stack.client("sagemaker", "sagemaker")
    config = client.describe_endpoint(EndpointName=live_loop.endpoint.name)["EndpointConfigName"]
    client.create_endpoint(EndpointName="unfinished", EndpointConfigName=config)
    try:
        (event,) = asyncio.run(events(EndpointTrigger(name="unfinished", waiter_delay=1, waiter_max_attempts=1)))
        with pytest.raises(JobUnfinishedError, match="unfinished is still under way"):
            ended(event)
        asyncio.run(events(EndpointTrigger(name="unfinished", waiter_delay=1)))
    finally:
        client.delete_endpoint(EndpointName="unfinished")
