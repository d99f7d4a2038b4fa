"""Services this project does not run, for the corners of the protocols that ours do not use.

lex-runtime has jsonvalue headers, kinesis blobs in JSON, batch maps and floats, iot-data raw payloads.
"""

import pytest

from services.awswire import ConfigurationError, create_asgi
from services.awswire.models import load_service


@pytest.mark.parametrize("service", ["lex-runtime", "kinesis", "batch", "iot-data"])
@pytest.mark.parametrize("optional", [0.3, 1.0])
def test_requests_and_answers_survive(wire, service, optional):
    names = [name for name in load_service(service).operations if name != "SubscribeToShard"]
    recorder = wire.Recorder(service, names)
    client = wire.WireClient(recorder.app, service)
    for seed, name in enumerate(names):
        operation = client.client.meta.service_model.operation_model(name)
        samples = wire.Samples(seed, optional)
        sent = samples.value(operation.input_shape) if operation.input_shape else {}
        recorder.answer = samples.value(operation.output_shape) if operation.output_shape else {}
        reply = client.call(name, dict(sent))
        received = recorder.received[-1][1]
        assert {member: received.get(member) for member in sent} == sent, name
        del reply["ResponseMetadata"]
        heard = {member: value.read() if hasattr(value, "read") else value for member, value in reply.items()}
        assert without_empty_payload(heard) == without_empty_payload(recorder.answer), name


def without_empty_payload(answer):
    """No payload and an empty one are the same bytes."""
    return {member: value for member, value in answer.items() if value != b""}


def test_a_jsonvalue_header_is_parsed_both_ways(wire):
    recorder = wire.Recorder("lex-runtime", ["PostContent"])
    recorder.answer = {"sessionAttributes": {"größe": [1, None]}, "audioStream": b"sound"}
    request = {"botName": "b", "botAlias": "a", "userId": "user", "contentType": "text/plain", "inputStream": b"hi"}
    reply = wire.WireClient(recorder.app, "lex-runtime").call(
        "PostContent", {**request, "sessionAttributes": {"漢": {"a": 1.5}}}
    )
    assert recorder.received[0][1]["sessionAttributes"] == {"漢": {"a": 1.5}}
    assert reply["sessionAttributes"] == {"größe": [1, None]}


def test_operations_that_share_a_path_are_told_apart_by_their_query(wire):
    recorder = wire.Recorder("glacier", ["AddTagsToVault", "RemoveTagsFromVault"])
    client = wire.WireClient(recorder.app, "glacier")
    client.call("AddTagsToVault", {"accountId": "-", "vaultName": "v", "Tags": {"a": "b"}})
    client.call("RemoveTagsFromVault", {"accountId": "-", "vaultName": "v", "TagKeys": ["a"]})
    assert [context.operation for context, _ in recorder.received] == ["AddTagsToVault", "RemoveTagsFromVault"]


@pytest.mark.parametrize(
    ("services", "words"),
    [
        (("scheduler", "pipes"), "scheduler .* and pipes .* have the same path: .* /tags/"),
        (("timestream-query", "timestream-write"), "two services have the target prefix Timestream_20181101"),
    ],
)
def test_services_that_cannot_be_told_apart_do_not_share_an_address(wire, services, words):
    tables = [wire.Recorder(name, []).operations for name in services]
    with pytest.raises(ConfigurationError, match=words):
        create_asgi(tables, keys=wire.KEYS, account=wire.ACCOUNT)
