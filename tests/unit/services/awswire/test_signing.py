"""Signatures made by botocore, then bent one way at a time."""

import hashlib
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.datastructures import Headers

from services.awswire import ConfigurationError, Keys, ServiceError
from services.awswire.request import Head, WireRequest
from services.awswire.signing import verify

_KEYS = Keys(
    {"nightloop": "correct horse", "slash/key": "s", "ASIATEMPORARY": {"secret": "for an hour", "token": "t/+="}}
)
_URL = "http://localhost:8092/human-loops"


def signed(
    method="GET",
    url=_URL,
    body=b"",
    headers=(),
    *,
    access_key="nightloop",
    secret="correct horse",
    token=None,
    service="sagemaker",
    payload=True,
):
    """A request as botocore signs it now."""
    request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    request.context["payload_signing_enabled"] = payload
    SigV4Auth(Credentials(access_key, secret, token), service, "eu-west-1").add_auth(request)
    fields = [(name, value) for name, value in request.headers.items()]
    return as_wire(method, url, [*fields, ("Host", urlsplit(url).netloc)], body)


def as_wire(method, url, fields, body=b""):
    raw = [(name.lower().encode(), value.encode()) for name, value in fields]
    parts = urlsplit(url)
    return WireRequest(Head(method, parts.path, parts.query, Headers(raw=raw)), body)


def changed(request, *, remove=(), body=None, **fields):
    """The same request with some of it changed after it was signed."""
    kept = {name: value for name, value in request.head.headers.items() if name not in remove}
    kept |= {name.replace("_", "-"): value for name, value in fields.items()}
    raw = [(name.encode(), value.encode()) for name, value in kept.items()]
    head = Head(request.head.method, request.head.path, request.head.query, Headers(raw=raw))
    return WireRequest(head, request.body if body is None else body)


def refusal(request, now=None):
    """The error that a request is refused with."""
    with pytest.raises(ServiceError) as caught:
        verify(request, _KEYS, "sagemaker", now or time.time())
    assert caught.value.status == 403
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8092/",
        "http://localhost:8092",
        "https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/voc/invocations",
        f"{_URL}/a%20b%2Fc%25d",
        f"{_URL}/~x-._y:(z)",
        f"{_URL}//double//slash/",
        f"{_URL}/./dots/../gone",
        f"{_URL}/..",
        f"{_URL}?b=2&a=1&B=3&a=0",
        f"{_URL}?FlowDefinitionArn=arn%3Aaws%3Asagemaker%3Aeu-west-1%3A1%3Aflow-definition%2Fx&MaxResults=100",
        f"{_URL}?t=2026-11-23T03%3A00%3A00%2B00%3A00&s=a%20b&e=%C3%A9~-._",
        f"{_URL}?empty=&eq=a%3Db",
        f"{_URL}?a-b=1&a=2&a%20=3",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_botocore_signs_is_accepted(url, method):
    caller = verify(signed(method, url, b"{}"), _KEYS, "sagemaker", time.time())
    assert (caller.access_key, caller.region) == ("nightloop", "eu-west-1")


def test_spaces_in_header_values_are_folded():
    verify(signed(headers=[("X-Amz-Target", "  SageMaker.X   y\t z ")]), _KEYS, "sagemaker", time.time())


def test_header_values_are_utf8():
    verify(signed(headers=[("X-Amz-Target", "naïve 漢")]), _KEYS, "sagemaker", time.time())


def test_repeated_headers_are_joined():
    request = AWSRequest(method="GET", url=_URL)
    request.headers.add_header("X-Many", "b")
    request.headers.add_header("X-Many", "a")
    SigV4Auth(Credentials("nightloop", "correct horse"), "sagemaker", "eu-west-1").add_auth(request)
    fields = [*request.headers.items(), ("Host", "localhost:8092")]
    verify(as_wire("GET", _URL, fields), _KEYS, "sagemaker", time.time())


def test_a_key_id_may_hold_a_slash():
    assert verify(signed(access_key="slash/key", secret="s"), _KEYS, "sagemaker", time.time()).access_key == "slash/key"


def test_the_http_date_will_do():
    request = signed(headers=[("Date", "now")])
    assert "x-amz-date" not in request.head.headers
    verify(request, _KEYS, "sagemaker", time.time())


def test_an_unsigned_payload_is_taken_as_it_comes():
    request = signed("POST", body=b"before", payload=False)
    assert request.head.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    verify(changed(request, body=b"after"), _KEYS, "sagemaker", time.time())


def test_a_payload_hash_that_is_sent_must_be_the_bodys():
    good = signed("POST", body=b"x", headers=[("X-Amz-Content-SHA256", hashlib.sha256(b"x").hexdigest())])
    verify(good, _KEYS, "sagemaker", time.time())
    assert "x-amz-content-sha256" in refusal(changed(good, body=b"y")).message
    streaming = signed("POST", body=b"x", headers=[("X-Amz-Content-SHA256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")])
    assert refusal(streaming).code == "InvalidSignatureException"


def test_unknown_key():
    error = refusal(signed(access_key="AKIAUNKNOWN"))
    assert error.code == "UnrecognizedClientException"
    assert error.message == "The security token included in the request is invalid."


def test_session_tokens_are_not_ours():
    assert refusal(signed(headers=[("X-Amz-Security-Token", "t")])).code == "UnrecognizedClientException"


def test_wrong_secret():
    error = refusal(signed(secret="wrong"))
    assert error.code == "InvalidSignatureException"
    assert error.message.startswith("The request signature we calculated does not match")


@pytest.mark.parametrize(
    "tamper",
    [
        {"body": b"other"},
        {"host": "elsewhere:8092"},
        {"x_amz_target": "SageMaker.DeleteModel"},
        {"content_type": "text/html"},
    ],
    ids=lambda tamper: next(iter(tamper)),
)
def test_tampering(tamper):
    request = signed("POST", body=b"x", headers=[("X-Amz-Target", "SageMaker.X"), ("Content-Type", "application/json")])
    assert refusal(changed(request, **tamper)).code == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [("DELETE", "/human-loops", "a=1"), ("GET", "/human-loop", "a=1"), ("GET", "/human-loops", "a=2")],
)
def test_tampering_with_the_line_of_the_request(method, path, query):
    request = signed(url=f"{_URL}?a=1")
    bent = WireRequest(Head(method, path, query, request.head.headers), request.body)
    assert refusal(bent).code == "InvalidSignatureException"


def test_a_target_smuggled_in_unsigned():
    error = refusal(changed(signed("POST"), x_amz_target="SageMaker.DeleteModel"))
    assert "'x-amz-target' must be a 'SignedHeader'" in error.message


def test_a_signed_header_left_out():
    error = refusal(changed(signed(headers=[("X-Extra", "1")]), remove=["x-extra"]))
    assert "'x-extra' is a 'SignedHeader' and was not sent" in error.message


def test_host_must_be_signed():
    request = signed()
    bent = request.head.headers["authorization"].replace("host;", "")
    assert "'host' must be a 'SignedHeader'" in refusal(changed(request, authorization=bent)).message


def test_a_plus_in_the_query_is_a_space():
    request = signed(url=f"{_URL}?name=a%20b")
    sent = WireRequest(Head("GET", "/human-loops", "name=a+b", request.head.headers), b"")
    verify(sent, _KEYS, "sagemaker", time.time())


@pytest.mark.parametrize(("seconds", "words"), [(301, "Signature expired: "), (-301, "Signature not yet current: ")])
def test_clock_skew(seconds, words):
    error = refusal(signed(), now=time.time() + seconds)
    assert error.code == "InvalidSignatureException"
    assert error.message.startswith(words)


@pytest.mark.parametrize("seconds", [290, -290])
def test_five_minutes_are_allowed(seconds):
    verify(signed(), _KEYS, "sagemaker", time.time() + seconds)


def test_yesterdays_scope():
    request = signed()
    today = datetime.now(UTC).strftime("%Y%m%d")
    bent = request.head.headers["authorization"].replace(f"/{today}/", "/20200101/")
    assert "Date in Credential scope does not match" in refusal(changed(request, authorization=bent)).message


def test_another_service():
    assert "correct service: 'sagemaker'" in refusal(signed(service="s3")).message


@pytest.mark.parametrize("header", [None, "", "Basic bmlnaHQ6bG9vcA==", "Bearer x", "AWS4-HMAC-SHA512 Credential=x"])
def test_no_signature_at_all(header):
    request = changed(signed(), remove=["authorization"], **({} if header is None else {"authorization": header}))
    assert refusal(request).code == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Signature=", "Sign=", "requires 'Signature' parameter"),
        ("Credential=", "Cred=", "requires 'Credential' parameter"),
        ("SignedHeaders=", "Headers=", "requires 'SignedHeaders' parameter"),
        ("/aws4_request", "", "Credential must be of the form"),
        ("/aws4_request", "/aws5_request", "Credential must be of the form"),
    ],
)
def test_half_an_authorization(old, new, words):
    request = signed()
    error = refusal(changed(request, authorization=request.head.headers["authorization"].replace(old, new)))
    assert error.code == "IncompleteSignatureException"
    assert words in error.message


def test_no_date_and_a_bad_date():
    assert "existence of either a 'X-Amz-Date'" in refusal(changed(signed(), remove=["x-amz-date"])).message
    assert "Got 'today'" in refusal(changed(signed(), x_amz_date="today")).message
    assert "Got 'today'" in refusal(changed(signed(), remove=["x-amz-date"], date="today")).message


def test_a_region_that_is_none():
    request = signed()
    bent = request.head.headers["authorization"].replace("/eu-west-1/", "/EU%0a/")
    assert "valid region" in refusal(changed(request, authorization=bent)).message


def test_keys_come_from_json_and_hide_their_secrets():
    keys = Keys.from_json('{"nightloop": "hush"}')
    assert dict(keys) == {"nightloop": "hush"}
    assert len(keys) == 1
    assert "hush" not in repr(keys)


@pytest.mark.parametrize("text", ["", "[]", "1", "{'a': 'hush'}"])
def test_keys_that_cannot_be_read(text):
    with pytest.raises(ConfigurationError, match="must be a JSON object") as caught:
        Keys.from_json(text)
    assert "hush" not in str(caught.value)


def test_temporary_credentials_come_with_their_token():
    temporary = {"access_key": "ASIATEMPORARY", "secret": "for an hour"}
    assert verify(signed(**temporary, token="t/+="), _KEYS, "sagemaker", time.time()).access_key == "ASIATEMPORARY"
    for token in (None, "another", "t/+=="):
        assert refusal(signed(**temporary, token=token)).code == "UnrecognizedClientException"
    assert refusal(signed(token="t/+=")).code == "UnrecognizedClientException", "a key without token takes none"
    unsigned = changed(signed(**temporary), x_amz_security_token="t/+=")
    assert refusal(unsigned).code == "InvalidSignatureException", "the token is under the signature"


@pytest.mark.parametrize(
    "entry",
    [1, None, "", [], {}, {"token": "t"}, {"secret": ""}, {"secret": "s", "token": ""}, {"secret": "s", "tokn": "t"}],
)
def test_keys_that_cannot_be_used_are_named(entry):
    with pytest.raises(ConfigurationError, match="ASIATEMPORARY must have a secret"):
        Keys({"ASIATEMPORARY": entry})


def test_neither_secrets_nor_tokens_are_printed():
    assert "hour" not in repr(_KEYS)
    assert "t/+=" not in repr(_KEYS)
