"""Whatever is sent, the answer is an error in AWS's form and never a failure of ours."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

from services.awswire import ServiceError
from services.awswire.models import load_service
from services.awswire.parsing import parse
from services.awswire.request import Head, WireRequest
from services.awswire.signing import Keys, verify
from services.awswire.validation import validate

_SETTINGS = settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
_BYTES = st.binary(max_size=40)
_NOW = 1795402800.0
_PIECES = [
    b"AWS4-HMAC-SHA256 ",
    b"Credential=nightloop/20261123/us-east-1/sagemaker/aws4_request",
    b"SignedHeaders=host;x-amz-date",
]
_PIECES += [
    b"Signature=",
    b"=",
    b",",
    b", ",
    b"/",
    b"host",
    b"20261123T030000Z",
    b"Mon, 23 Nov 2026 03:00:00 GMT",
    b"\xe9",
    b" ",
]
_LINES = st.lists(st.sampled_from(_PIECES) | _BYTES, max_size=8).map(b"".join)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@_SETTINGS
@given(_LINES, _LINES, _LINES, _BYTES, _BYTES)
def test_signatures(authorization, date, amazon_date, path, query):
    raw = [(b"host", b"a"), (b"authorization", authorization), (b"date", date), (b"x-amz-date", amazon_date)]
    head = Head("GET", path.decode("latin-1"), query.decode("latin-1"), Headers(raw=[pair for pair in raw if pair[1]]))
    with pytest.raises(ServiceError) as caught:  # no signature is right by chance
        verify(WireRequest(head, b""), Keys({"nightloop": "s"}), "sagemaker", _NOW)
    assert caught.value.status == 403


def refusal(service, operation, labels, request) -> ServiceError | None:
    """Parse and validate, as the application does."""
    model = load_service(service)
    shape = model.operations[operation].input
    try:
        validate(shape, parse(model, model.operations[operation], labels, request), "ValidationException")
    except ServiceError as error:
        return error
    return None


def read(service, operation, labels, request) -> None:
    """Require that a request is read, or refused in a message that can be sent."""
    error = refusal(service, operation, labels, request)
    if error is not None:
        assert error.code in ("SerializationException", "ValidationException")
        assert error.message.encode()


@_SETTINGS
@given(
    st.dictionaries(
        st.sampled_from(["EndpointConfigName", "ProductionVariants", "Tags", "AsyncInferenceConfig"]), _JSON
    )
)
def test_json_bodies(body):
    read(
        "sagemaker",
        "CreateEndpointConfig",
        {},
        WireRequest(Head("POST", "/", "", Headers()), json.dumps(body).encode()),
    )


@_SETTINGS
@given(st.sampled_from([b"", b'{"Tags": ', b"[", b'"', b"\xef\xbb\xbf"]), _BYTES)
def test_raw_bodies(start, rest):
    read("sagemaker", "AddTags", {}, WireRequest(Head("POST", "/", "", Headers()), start + rest))


@_SETTINGS
@given(st.sampled_from(["MaxResults", "CreationTimeAfter", "NextToken", "SortOrder"]), _BYTES, st.text())
def test_queries(name, value, label):
    query = f"{name}={value.decode('latin-1')}"
    read("sagemaker-a2i-runtime", "ListHumanLoops", {}, WireRequest(Head("GET", "/", query, Headers()), b""))
    labels = {"HumanLoopName": label.encode(errors="replace").decode()}
    read("sagemaker-a2i-runtime", "DescribeHumanLoop", labels, WireRequest(Head("GET", "/", "", Headers()), b""))


@_SETTINGS
@given(
    st.sampled_from(["Content-Type", "X-Amzn-SageMaker-RequestTTLSeconds", "X-Amzn-SageMaker-InputLocation"]),
    _BYTES,
    _BYTES,
)
def test_headers(name, value, body):
    request = WireRequest(Head("POST", "/", "", Headers(raw=[(name.lower().encode(), value)])), body)
    read("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": "e"}, request)
    read("sagemaker-runtime", "InvokeEndpointAsync", {"EndpointName": "e"}, request)
