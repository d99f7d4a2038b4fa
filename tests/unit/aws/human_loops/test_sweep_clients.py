"""A sensor and a trigger sweep alike: the same calls of either client, the same errors."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from nightloop.aws.errors import ThrottledError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.aws.sensors.human_loops import HumanLoopsSensor
from nightloop.aws.triggers import human_loops
from nightloop.aws.triggers.listed_human_loops import ListedHumanLoopsTrigger
from nightloop.domain.reviews.opened import OpenedReview

FLOW = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Client:
    """Answers each operation by what it is given for it; an error's code is raised."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, **answers):
        self.answers = answers
        self.calls = []

    def call(self, operation, request):
        self.calls.append((operation, request))
        answer = self.answers[operation]
        if isinstance(answer, str):
            raise ClientError({"Error": {"Code": answer, "Message": "no"}}, operation)
        return answer

    def __getattr__(self, operation):
        return lambda **request: self.call(operation, request)


class AsyncClient(Client):
    def __getattr__(self, operation):
        async def method(**request):
            await asyncio.sleep(0)
            return self.call(operation, request)

        return method


def sensor_looks(monkeypatch, **answers):
    client = Client(**answers)
    monkeypatch.setattr(A2IHook, "client", client)
    sensor = HumanLoopsSensor(task_id="s", loops=["a", "b"], flow_definition_arn=FLOW, deadline="2026-11-24T00:00Z")
    return sensor.look, client


def trigger_looks(monkeypatch, **answers):
    client = AsyncClient(**answers)

    async def connect(_):
        @asynccontextmanager
        async def connected():
            yield client

        return connected()

    monkeypatch.setattr(human_loops, "async_client", connect)
    trigger = ListedHumanLoopsTrigger(review_names=["a", "b"], flow_definition_arn=FLOW, deadline="2026-11-24T00:00Z")

    def look():
        reviews = OpenReviews(OpenedReview(name, "adopted") for name in ("a", "b"))
        asyncio.run(trigger._sweep(reviews))
        return reviews

    return look, client


SWEEPERS = pytest.mark.parametrize("sweeper", [sensor_looks, trigger_looks])


def page(**statuses):
    summaries = [{"HumanLoopName": n, "HumanLoopStatus": s, "CreationTime": NOON} for n, s in statuses.items()]
    return {"HumanLoopSummaries": summaries}


@SWEEPERS
def test_one_page_and_one_question(monkeypatch, sweeper):
    described = {"HumanLoopStatus": "Completed", "CreationTime": NOON}
    look, client = sweeper(monkeypatch, list_human_loops=page(a="InProgress"), describe_human_loop=described)
    reviews = look()
    assert client.calls == [
        ("list_human_loops", {"FlowDefinitionArn": FLOW, "SortOrder": "Ascending", "MaxResults": 100}),
        ("describe_human_loop", {"HumanLoopName": "b"}),
    ]
    assert (reviews.open, reviews.ended) == (1, {"Completed": 1})


@SWEEPERS
def test_a_flow_definition_and_loops_that_are_gone_are_no_errors(monkeypatch, sweeper):
    gone = "ResourceNotFoundException"
    look, _ = sweeper(monkeypatch, list_human_loops=gone, describe_human_loop=gone)
    assert look().ended == {"Deleted": 2}


@SWEEPERS
@pytest.mark.parametrize("throttled", ["list_human_loops", "describe_human_loop"])
def test_throttling_is_an_error_of_the_moment(monkeypatch, sweeper, throttled):
    answers = {"list_human_loops": page(), throttled: "ThrottlingException"}
    look, _ = sweeper(monkeypatch, **answers)
    with pytest.raises(ThrottledError):
        look()
