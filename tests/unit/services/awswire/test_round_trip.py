"""The client is the oracle: botocore writes the request and reads the answer, both are compared with the handler's."""

import json
from datetime import UTC, datetime

import pytest

_RESOURCES = (
    *("HumanTaskUi", "FlowDefinition", "Workteam", "Workforce", "Model", "EndpointConfig", "Endpoint"),
    *("TrainingJob", "TransformJob", "ModelPackage", "ModelPackageGroup"),
)
_VERBS = ("Create", "Describe", "Update", "Stop", "Delete")
_FURTHER = ("ListTags", "AddTags", "DeleteTags", "RenderUiTemplate", "UpdateEndpointWeightsAndCapacities", "Search")
_OPERATIONS = {
    "sagemaker-a2i-runtime": [f"{verb}HumanLoop" for verb in ("Start", "Describe", "Stop", "Delete")],
    "sagemaker-runtime": ["InvokeEndpoint", "InvokeEndpointAsync"],
    "sagemaker": [f"{verb}{resource}" for verb in _VERBS for resource in _RESOURCES],
}
_OPERATIONS["sagemaker-a2i-runtime"] += ["ListHumanLoops"]
_OPERATIONS["sagemaker"] += [f"List{resource}s" for resource in _RESOURCES] + list(_FURTHER)


def cases(clients):
    """Every operation asked for that the model has."""
    for service, names in _OPERATIONS.items():
        model = clients[service].client.meta.service_model
        for name in names:
            if name in model.operation_names:
                yield service, model.operation_model(name)


def given_back(answer):
    """A botocore answer less what the handler does not say, its stream read."""
    del answer["ResponseMetadata"]
    return {name: value.read() if hasattr(value, "read") else value for name, value in answer.items()}


def as_sent(shape, value):
    """What a handler should see of a value: jsonvalue text parsed, the rest as it is."""
    if shape.serialization.get("jsonvalue"):
        return json.loads(value)
    if isinstance(value, dict) and shape.type_name == "structure":
        return {name: as_sent(shape.members[name], inner) for name, inner in value.items()}
    return value


@pytest.mark.parametrize("optional", [0.0, 0.6, 1.0], ids=["required-only", "some", "many"])
def test_every_request_reaches_its_handler_as_it_was_meant(recorders, clients, wire, optional):
    for seed, (service, operation) in enumerate(cases(clients)):
        recorder = recorders[service]
        recorder.answer = wire.Samples(seed, 0).value(operation.output_shape) if operation.output_shape else {}
        samples = wire.Samples(seed, optional)
        sent = samples.value(operation.input_shape)
        clients[service].call(operation.name, sent)
        context, received = recorder.received[-1]
        assert (context.service, context.operation) == (service, operation.name)
        assert received == as_sent(operation.input_shape, sent), operation.name


@pytest.mark.parametrize("optional", [0.0, 0.6, 1.0], ids=["required-only", "some", "many"])
def test_every_answer_reaches_the_client_as_the_handler_gave_it(recorders, clients, wire, optional):
    for seed, (service, operation) in enumerate(cases(clients)):
        samples = wire.Samples(seed, optional)
        answer = samples.value(operation.output_shape) if operation.output_shape else {}
        recorders[service].answer = answer
        reply = clients[service].call(operation.name, wire.Samples(seed, 0.0).value(operation.input_shape))
        assert reply["ResponseMetadata"]["HTTPStatusCode"] == operation.http.get("responseCode", 200)
        assert given_back(reply) == answer, operation.name


def test_at_least_sixty_operations_take_part(clients):
    assert len(list(cases(clients))) >= 60


def test_request_timestamps_are_aware(a2i):
    recorder, client = a2i
    recorder.answer = {"HumanLoopSummaries": []}
    arn = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc"
    client.call(
        "ListHumanLoops", {"FlowDefinitionArn": arn, "CreationTimeAfter": datetime(2026, 11, 23, 2, 0, 0, 250, UTC)}
    )
    after = recorder.received[-1][1]["CreationTimeAfter"]
    assert after.tzinfo is not None
    assert after.microsecond == 250


def test_members_that_are_none_are_left_out_of_the_answer(recorders, clients):
    recorders["sagemaker"].answer = {"Models": [], "NextToken": None}
    reply = clients["sagemaker"].call("ListModels", {})
    assert "NextToken" not in reply


def test_json_times_are_epoch_seconds_and_rest_times_are_iso(recorders, clients):
    moment = datetime.fromisoformat("2026-11-23T03:00:00.250Z")
    recorders["sagemaker"].answer = {
        "Models": [
            {"ModelName": "m", "ModelArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m", "CreationTime": moment}
        ]
    }
    clients["sagemaker"].call("ListModels", {})
    body = json.loads(clients["sagemaker"].replies[-1].body)
    assert body["Models"][0]["CreationTime"] == moment.timestamp()
    recorders["sagemaker-a2i-runtime"].answer = {"HumanLoopSummaries": [{"CreationTime": moment}]}
    arn = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc"
    clients["sagemaker-a2i-runtime"].call("ListHumanLoops", {"FlowDefinitionArn": arn})
    body = json.loads(clients["sagemaker-a2i-runtime"].replies[-1].body)
    assert body["HumanLoopSummaries"][0]["CreationTime"] == "2026-11-23T03:00:00.250Z"


def test_every_reply_carries_its_request_id(a2i):
    recorder, client = a2i
    reply = client.call("StopHumanLoop", {"HumanLoopName": "loop"})
    assert reply["ResponseMetadata"]["RequestId"] == recorder.received[-1][0].request_id
    assert client.replies[-1].headers["x-amzn-requestid"]
