"""What an application writes into its history, whether the caller heard of it or not."""

import json

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from services.awswire import Dropped, Keys, Operations, ServiceError, create_asgi
from services.faults import Faults, History, Order
from services.faults.calls import CallsUnderTest
from tests.unit.services.awswire.test_server import client, serving

FLOW = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/f"


@pytest.fixture
def served(tmp_path):
    loops = set()
    operations = Operations("sagemaker-a2i-runtime")

    @operations.implements("StartHumanLoop")
    def start(context, request):
        context.outcome.adopted = request["HumanLoopName"] in loops
        loops.add(request["HumanLoopName"])
        return {"HumanLoopArn": f"arn:aws:sagemaker:us-east-1:123456789012:human-loop/{request['HumanLoopName']}"}

    @operations.implements("StopHumanLoop")
    def stop(context, request):
        if request["HumanLoopName"] not in loops:
            raise ServiceError("ResourceNotFoundException", "There is no such human loop.")
        return {}

    @operations.implements("ListHumanLoops")
    def listed(context, request):
        return {"HumanLoopSummaries": []}

    faults, path = Faults(), tmp_path / "history.jsonl"
    hook = CallsUnderTest(faults, History(path), refuse=ServiceError, drop=Dropped)
    wired = create_asgi([operations], keys=Keys({"nightloop": "correct horse"}), account="123456789012", hook=hook)
    with serving(wired) as url:
        yield client(url, "sagemaker-a2i-runtime"), faults, path


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def begin(a2i, name, text="{}"):
    return a2i.start_human_loop(HumanLoopName=name, FlowDefinitionArn=FLOW, HumanLoopInput={"InputContent": text})


def test_created_adopted_changed_and_refused(served):
    a2i, _, path = served
    begin(a2i, "one")
    begin(a2i, "one")
    begin(a2i, "two")
    begin(a2i, "three", '{"a": 1}')
    a2i.list_human_loops(FlowDefinitionArn=FLOW)
    a2i.stop_human_loop(HumanLoopName="one")
    with pytest.raises(ClientError):
        a2i.stop_human_loop(HumanLoopName="nobody")
    written = lines(path)
    assert [(line["operation"], line["name"], line["effect"]) for line in written] == [
        ("StartHumanLoop", "one", "created"),
        ("StartHumanLoop", "one", "adopted"),
        ("StartHumanLoop", "two", "created"),
        ("StartHumanLoop", "three", "created"),
        ("StopHumanLoop", "one", "changed"),
        ("StopHumanLoop", "nobody", "none"),
    ]
    assert written[0]["request"] == written[2]["request"] != written[3]["request"], "the name is left out"
    assert written[5]["code"] == "ResourceNotFoundException"


@pytest.mark.parametrize("kind", ["reset-after", "hold-after"])
def test_what_the_caller_never_heard_of_is_there(served, kind):
    a2i, faults, path = served
    faults.order(Order("StartHumanLoop", kind, seconds=0.1, name="one"))
    with pytest.raises(ConnectionClosedError):
        begin(a2i, "one")
    begin(a2i, "one")
    assert [(line["effect"], line["fault"]) for line in lines(path)] == [("created", kind), ("adopted", "")]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("throttle", "ThrottlingException"), ("error", "InternalFailure"), ("unavailable", "ServiceUnavailable")],
)
def test_a_refusal_has_no_effect(served, kind, code):
    a2i, faults, path = served
    faults.order(Order("*", kind))
    with pytest.raises(ClientError, match=code) as refused:
        begin(a2i, "one")
    assert (
        refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
        == {
            "throttle": 429,
            "error": 500,
            "unavailable": 503,
        }[kind]
    )
    assert [(line["effect"], line["code"]) for line in lines(path)] == [("none", code)]


def test_a_lost_request_did_nothing(served):
    a2i, faults, path = served
    faults.order(Order("*", "reset-before"))
    with pytest.raises(ConnectionClosedError):
        begin(a2i, "one")
    assert lines(path) == []
