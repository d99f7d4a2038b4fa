"""Requests that no decent client writes, and what AWS makes of them."""

import json
import threading
import time

import pytest
from starlette.datastructures import Headers

from services.awswire import ServiceError
from services.awswire.models import load_service
from services.awswire.parsing import decode_json_values, parse
from services.awswire.request import Head, WireRequest


def read(operation, body=b"", service="sagemaker", *, query="", labels=None, headers=()):
    """Parse one request of a service."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    model = load_service(service)
    request = WireRequest(Head("POST", "/", query, Headers(raw=raw)), body)
    return parse(model, model.operations[operation], labels or {}, request)


def refusal(*arguments, **options):
    with pytest.raises(ServiceError) as caught:
        read(*arguments, **options)
    assert caught.value.code == "SerializationException"
    assert caught.value.status is None
    return caught.value.message


@pytest.mark.parametrize(
    "body", [b"", b"{}", b" {} \n", b'\xef\xbb\xbf{"ModelName": null}', b'{"Unknown": {"a": [1]}, "__type": "x"}']
)
def test_empty_null_and_unknown_members_are_nothing(body):
    assert read("DescribeModel", body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"1",
        b'{"ModelName": NaN}',
        b'{"ModelName": "\xff"}',
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=["cut", "list", "string", "null", "number", "nan", "not-utf8", "deep", "long-number"],
)
def test_wrong_json(body):
    assert refusal("DescribeModel", body)


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        ("DescribeModel", {"ModelName": 1}, "NUMBER_VALUE can not be converted to String at 'ModelName'"),
        ("DescribeModel", {"ModelName": True}, "TRUE_VALUE can not be converted to String"),
        ("DescribeModel", {"ModelName": ["a"]}, "START_ARRAY can not be converted to String"),
        ("DescribeModel", {"ModelName": {}}, "START_OBJECT can not be converted to String"),
        ("DescribeModel", {"ModelName": "\ud800"}, "STRING_VALUE can not be converted to String"),
        ("ListModels", {"MaxResults": "5"}, "STRING_VALUE can not be converted to Integer at 'MaxResults'"),
        ("ListModels", {"MaxResults": 1.5}, "NUMBER_VALUE can not be converted to Integer"),
        ("ListModels", {"MaxResults": True}, "TRUE_VALUE can not be converted to Integer"),
        ("ListModels", {"MaxResults": 2**31}, "NUMBER_VALUE can not be converted to Integer"),
        ("ListModels", {"CreationTimeAfter": "yesterday"}, "STRING_VALUE can not be converted to Timestamp"),
        ("ListModels", {"CreationTimeAfter": 1e300}, "NUMBER_VALUE can not be converted to Timestamp"),
        ("ListModels", {"CreationTimeAfter": True}, "TRUE_VALUE can not be converted to Timestamp"),
        ("CreateModel", {"EnableNetworkIsolation": "yes"}, "STRING_VALUE can not be converted to Boolean"),
        ("CreateModel", {"Containers": {}}, "a list is expected at 'Containers'"),
        ("CreateModel", {"Containers": [[]]}, "a structure is expected at 'Containers[0]'"),
        (
            "CreateModel",
            {"PrimaryContainer": {"Environment": []}},
            "a map is expected at 'PrimaryContainer.Environment'",
        ),
        ("CreateModel", {"PrimaryContainer": {"Environment": {"A": 1}}}, "String at 'PrimaryContainer.Environment.A'"),
        (
            "CreateModel",
            {"PrimaryContainer": {"Environment": {"\udc00": "1"}}},
            "String at 'PrimaryContainer.Environment'",
        ),
        (
            "UpdateEndpointWeightsAndCapacities",
            {"DesiredWeightsAndCapacities": [{"DesiredWeight": "heavy"}]},
            "STRING_VALUE can not be converted to Float at 'DesiredWeightsAndCapacities[0].DesiredWeight'",
        ),
    ],
)
def test_values_of_another_type(operation, request_, words):
    assert words in refusal(operation, json.dumps(request_).encode())


def test_numbers_that_json_writes_otherwise():
    assert read("ListModels", b'{"MaxResults": 1e1}') == {"MaxResults": 10}
    assert "Integer" in refusal("ListModels", b'{"MaxResults": 1e999}')
    sent = b'{"DesiredWeightsAndCapacities": [{"DesiredWeight": "Infinity"}, {"DesiredWeight": 1}]}'
    weights = read("UpdateEndpointWeightsAndCapacities", sent)["DesiredWeightsAndCapacities"]
    assert [weight["DesiredWeight"] for weight in weights] == [float("inf"), 1.0]


def test_a_timestamp_may_be_epoch_or_iso():
    expected = read("ListModels", b'{"CreationTimeAfter": 1795402800.25}')
    assert read("ListModels", b'{"CreationTimeAfter": "2026-11-23T03:00:00.250Z"}') == expected
    assert expected["CreationTimeAfter"].isoformat() == "2026-11-23T03:00:00.250000+00:00"


def test_nulls_inside_lists_are_kept_for_validation():
    assert read("AddTags", b'{"Tags": [null]}') == {"Tags": [None]}


def test_query_values():
    sent = "MaxResults=7&NextToken=a%2Bb+c&Unknown=1"
    assert read("ListHumanLoops", b"", "sagemaker-a2i-runtime", query=sent) == {"MaxResults": 7, "NextToken": "a+b c"}
    assert read("ListHumanLoops", b"", "sagemaker-a2i-runtime", query="NextToken=") == {"NextToken": ""}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("MaxResults=", "'' can not be converted to Integer at 'MaxResults'"),
        ("MaxResults=1_0", "'1_0' can not be converted to Integer"),
        ("MaxResults=%D9%A1", "can not be converted to Integer"),
        ("MaxResults=1.5", "'1.5' can not be converted to Integer"),
        ("MaxResults=99999999999", "can not be converted to Integer"),
        ("CreationTimeAfter=soon", "'soon' can not be converted to Timestamp"),
        ("NextToken=%FF", "the query cannot be read"),
    ],
)
def test_query_values_that_cannot_be_read(query, words):
    assert words in refusal("ListHumanLoops", b"", "sagemaker-a2i-runtime", query=query)


def test_header_values_that_cannot_be_read():
    headers = [("x-amzn-sagemaker-requestttlseconds", "long")]
    message = refusal("InvokeEndpointAsync", b"", "sagemaker-runtime", labels={"EndpointName": "e"}, headers=headers)
    assert "'long' can not be converted to Integer at 'RequestTTLSeconds'" in message


def test_an_empty_payload_is_there_only_where_it_must_be():
    labels = {"EndpointName": "e"}
    assert read("InvokeEndpoint", b"", "sagemaker-runtime", labels=labels) == {"EndpointName": "e", "Body": b""}
    assert read("InvokeEndpointAsync", b"", "sagemaker-runtime", labels=labels) == {"EndpointName": "e"}


def test_jsonvalue_members_are_text_until_decoded():
    shape = load_service("sagemaker").operations["CreateFlowDefinition"].input
    config = {"HumanLoopActivationConditionsConfig": {"HumanLoopActivationConditions": '{"Conditions": [1]}'}}
    request = read("CreateFlowDefinition", json.dumps({"HumanLoopActivationConfig": config}).encode())
    assert request == {"HumanLoopActivationConfig": config}
    decoded = decode_json_values(shape, request)["HumanLoopActivationConfig"]
    assert decoded["HumanLoopActivationConditionsConfig"]["HumanLoopActivationConditions"] == {"Conditions": [1]}
    config["HumanLoopActivationConditionsConfig"]["HumanLoopActivationConditions"] = "{Conditions"
    with pytest.raises(ServiceError, match="HumanLoopActivationConditions is not valid JSON"):
        decode_json_values(shape, {"HumanLoopActivationConfig": config})


@pytest.mark.parametrize("piece", [b"[],", b'{"a":', b"0,", b'"",', b'"\\\\",', b'"\\"[",'])
def test_more_values_than_any_call_has_are_refused_before_they_are_read(piece):
    assert "more than 100,000 values" in refusal("DescribeModel", b'{"x":[' + piece * 101_000 + b"[]]}")


@pytest.mark.parametrize("text", ["[]{}" * 60_000, '"[' * 150_000, "\\[" * 150_000, '\\"{' * 150_000, ',"' * 200_000])
@pytest.mark.parametrize("shift", range(3))
def test_brackets_and_commas_in_a_text_are_text(text, shift):
    text = "." * shift + text
    assert read("DescribeModel", json.dumps({"ModelName": text}).encode())["ModelName"] == text


# Each begins, goes on with one piece again and again, and ends.
LONG = {
    "opened objects": (b"", b'{"a":', b""),
    "escaped quotes": (b'{"ModelName":"', b'\\"[', b""),
    "backslashes": (b'{"ModelName":"' + b"[" * 100_001, b"\\\\", b""),
    "empty texts": (b'{"x":["' + b"[" * 100_001 + b'"', b',""', b"]}"),
    "a text that does not end": (b'{"ModelName":"', b"[", b"\\"),
    "escapes": (b'{"ModelName":"' + b"[" * 100_001, b"\\u0041", b'",}'),
}


@pytest.mark.parametrize(("head", "piece", "tail"), LONG.values(), ids=LONG)
def test_a_body_of_36_megabytes_lets_others_work(head, piece, tail):
    body = head + piece * (36_000_000 // len(piece)) + tail
    waits, over = [0.0], threading.Event()

    def beat():
        while not over.is_set():
            began = time.monotonic()
            time.sleep(0.01)
            waits.append(time.monotonic() - began)

    pulse = threading.Thread(target=beat)
    pulse.start()
    began = time.monotonic()
    try:
        refusal("DescribeModel", body)
    finally:
        took = time.monotonic() - began
        over.set()
        pulse.join()
    # A busy machine makes any thread wait; what holds the interpreter makes it wait for the whole time.
    assert max(waits) < max(0.5, took / 2)
