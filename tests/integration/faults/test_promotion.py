"""An update whose reply is lost is not made again: it would pay for another fleet."""

from __future__ import annotations

from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.resources.serving import ServingSettings
from tests.integration.aws.nights import Night
from tests.integration.aws.running import run


def test_an_update_whose_reply_is_lost_is_found_under_way(make_loop, stack):
    loop = make_loop()
    Night(loop, "2026-06-01").bootstrap()
    live = ModelHook().live_model(loop.endpoint.name)
    client = stack.client("sagemaker", "sagemaker")
    model = client.describe_model(ModelName=live.model)
    again = f"{live.model}-again"
    client.create_model(
        ModelName=again, PrimaryContainer=model["PrimaryContainer"], ExecutionRoleArn=model["ExecutionRoleArn"]
    )
    before = len(updates(stack, loop))

    stack.order("sagemaker", "UpdateEndpoint", "reset-after", times=3)
    promoted = run(PromoteOperator(task_id="promote", serving=ServingSettings.of(loop), model=again, poll_seconds=1))

    assert stack.happened("sagemaker") == 1
    assert len(updates(stack, loop)) == before + 1
    endpoint = client.describe_endpoint(EndpointName=loop.endpoint.name)
    assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", promoted["config"])


def updates(stack, loop):
    history = stack.history("sagemaker")
    return [
        entry
        for entry in history
        if entry.operation == "UpdateEndpoint" and entry.name == loop.endpoint.name and entry.committed
    ]
