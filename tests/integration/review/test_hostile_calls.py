"""Calls to the API that mean harm, sent to a real service as bytes."""

import json
import re
import socket
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

LARGEST = 3_145_728
SECONDS = 2


@pytest.fixture(scope="module")
def hasty(service, tmp_path_factory, s3_server):
    """A service that does not wait long for slow requests."""
    settings = {"REQUEST_SECONDS": str(SECONDS)}
    hasty = type(service)(tmp_path_factory.mktemp("hasty"), s3_server, settings=settings).starts()
    yield hasty
    hasty.is_killed()


def signed(service, method, path, body=b"", *, key="nightloop", secret="a secret of the tests", token=None, **headers):
    """Sign a request as botocore would, whatever is in it."""
    request = AWSRequest(method, f"{service.url}{path}", headers, body)
    SigV4Auth(Credentials(key, secret, token), "sagemaker", "us-east-1").add_auth(request)
    return request


def sends(request, *, body=None):
    headers = dict(request.headers.items())
    content = request.data if body is None else body
    return httpx.request(request.method, request.url, headers=headers, content=content, timeout=60)


def refusal(response):
    return response.status_code, response.headers.get("x-amzn-errortype")


def start_body(job, content, name=None):
    name = name or f"loop-{uuid.uuid4().hex[:12]}"
    return {"HumanLoopName": name, "FlowDefinitionArn": job.arn, "HumanLoopInput": {"InputContent": content}}


NAMES = [
    "..%2f..%2fportal",
    "%2e%2e",
    "%00",
    "a%00b",
    "a/b",
    "a%2fb",
    "a%0d%0aX-Evil%3a%201",
    "%ff",
    "%F0%9F%90%88",
    "a" * 64,
    "A",
    "-a",
    "a-",
]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("name", [*NAMES, "a" * 20_000], ids=range(len(NAMES) + 1))
def test_tricks_in_the_name_of_a_loop(service, method, name):
    status, code = refusal(sends(signed(service, method, f"/human-loops/{name}")))
    assert (status, code) in {
        (400, "ValidationException"),
        (400, "SerializationException"),
        (404, "UnknownOperationException"),
        (404, "ResourceNotFoundException"),
    }
    assert "Traceback" not in service.log


@pytest.mark.parametrize("name", ["../x", "a\0b", "a\nb", "ネコ", "a" * 64, "a" * 1_000_000, "-" * 100_000, ""])
def test_tricks_in_the_name_of_a_loop_to_start_or_stop(service, job, name):
    began = time.monotonic()
    body = json.dumps(start_body(job, "{}", "x") | {"HumanLoopName": name}).encode()
    assert refusal(sends(signed(service, "POST", "/human-loops", body))) == (400, "ValidationException")
    body = json.dumps({"HumanLoopName": name}).encode()
    assert refusal(sends(signed(service, "POST", "/human-loops/stop", body))) == (400, "ValidationException")
    assert time.monotonic() - began < 60, "no pattern takes for ever"


@pytest.mark.parametrize("resource", ["flow-definition/a\0b", "flow-definition/../a", "flow-definition/" + "a" * 900])
def test_tricks_in_arns(service, resource):
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:{resource}"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        service.a2i.list_human_loops(FlowDefinitionArn=arn)
    with pytest.raises(ClientError, match="ValidationException"):
        service.a2i.start_human_loop(HumanLoopName="a", FlowDefinitionArn=arn, HumanLoopInput={"InputContent": "{}"})


def test_the_character_nul_is_no_text(service, job):
    config = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)
    request = {name: config[name] for name in ("RoleArn", "HumanLoopConfig", "OutputConfig")}
    request["HumanLoopConfig"]["TaskDescription"] = "a\0b"
    calls = [
        (service.sagemaker.create_flow_definition, request | {"FlowDefinitionName": f"f-{uuid.uuid4().hex[:8]}"}),
        (service.sagemaker.create_human_task_ui, {"HumanTaskUiName": "nul", "UiTemplate": {"Content": "\0"}}),
        (service.sagemaker.update_workteam, {"WorkteamName": "nul", "Description": "\0"}),
    ]
    for call, parameters in calls:
        with pytest.raises(ClientError, match="character NUL"):
            call(**parameters)


@pytest.mark.parametrize("character", ["a", "é", "🐈"])
def test_the_largest_input_is_taken_whole_and_one_character_more_is_not(service, job, character):
    rest = '{"text":""}'
    content = '{"text":"' + character * (LARGEST - len(rest)) + '"}'
    assert len(content) == LARGEST
    name = f"large-{uuid.uuid4().hex[:8]}"
    request = start_body(job, content, name)
    service.a2i.start_human_loop(**request)
    ((stored,),) = service.reads("SELECT length(input_content) FROM human_loops WHERE name = :name", name=name)
    assert stored == LARGEST
    request = start_body(job, content + " ")
    with pytest.raises(ClientError, match=r"humanLoopInput\.inputContent.*less than or equal to 3145728"):
        service.a2i.start_human_loop(**request)


def test_a_body_beyond_all_limits_is_refused(service):
    body = b" " * (12 * LARGEST + 2**16 + 1)
    assert refusal(sends(signed(service, "POST", "/human-loops", body)))[0] == 413


def test_signatures(service):
    path = "/human-loops/stop"
    body = b'{"HumanLoopName": "never-started"}'
    assert refusal(sends(signed(service, "POST", path, body))) == (404, "ResourceNotFoundException")
    assert refusal(sends(signed(service, "POST", path, body, secret="guess"))) == (403, "InvalidSignatureException")
    assert refusal(sends(signed(service, "POST", path, body, key="x"))) == (403, "UnrecognizedClientException")
    assert refusal(sends(signed(service, "POST", path, body, token="t"))) == (403, "UnrecognizedClientException")
    tampered = sends(signed(service, "POST", path, body), body=body.replace(b"never", b"often"))
    assert refusal(tampered) == (403, "InvalidSignatureException")
    moved = signed(service, "POST", path, body)
    moved.url = moved.url.removesuffix("/stop")
    assert refusal(sends(moved)) == (403, "InvalidSignatureException")
    bare = httpx.post(f"{service.url}{path}", content=body)
    assert refusal(bare) == (403, "MissingAuthenticationTokenException")


def test_an_old_request_cannot_be_replayed(service, monkeypatch):
    long_ago = datetime.now(UTC) - timedelta(minutes=6)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: long_ago.replace(tzinfo=None))
    old = signed(service, "POST", "/human-loops/stop", b'{"HumanLoopName": "a"}')
    response = sends(old)
    assert refusal(response) == (403, "InvalidSignatureException")
    assert "Signature expired" in response.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"HumanLoopName":' * 50_000,
        b'{"HumanLoopName": "\xff\xfe"}',
        b'{"HumanLoopName": "\\ud800"}',
        b'{"HumanLoopName": NaN}',
        b"{",
        b"[]",
        b'"text"',
        '{"HumanLoopName": "a"}'.encode("utf-16"),
    ],
    ids=["deep", "deep-object", "no-utf8", "half-pair", "nan", "cut", "list", "string", "utf16"],
)
def test_bodies_that_cannot_be_read(service, body):
    status, code = refusal(sends(signed(service, "POST", "/human-loops/stop", body)))
    assert (status, code) == (400, "SerializationException")


def test_of_two_equal_names_the_last_counts_everywhere(service, job, worker, answer, written):
    name = f"twice-{uuid.uuid4().hex[:8]}"
    body = json.dumps(start_body(job, '{"header": "first", "header": "second"}', name))
    body = body.replace('{"HumanLoopName"', '{"HumanLoopName": "other", "HumanLoopName"', 1)
    assert sends(signed(service, "POST", "/human-loops", body.encode())).status_code == 200
    worker.starts_working(job.name)
    page = worker.sees_frame().text
    assert 'header="second"' in page
    worker.submits(answer)
    assert written(job.becomes(name, "Completed"))["inputContent"] == {"header": "second"}


@pytest.mark.parametrize(
    "content",
    [
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": ' + "[" * 201 + "]" * 201 + "}",
        '{"a": ' + "9" * 5000 + "}",
        "\ufeff{}",
    ],
    ids=["nan", "infinity", "huge", "deep", "digits", "mark"],
)
def test_inputs_that_could_not_be_written_again_are_refused_at_the_start(service, job, content):
    with pytest.raises(ClientError, match=r"ValidationException.*InputContent must be a JSON object"):
        service.a2i.start_human_loop(**start_body(job, content))


def test_texts_stay_what_they_are_up_to_the_output(service, job, worker, answer, s3):
    hostile = "<script>alert(1)</script></textarea>{{ task }}{% raw %}&lt;\u2028\x7f\"'\\ \U0001f408 é"
    loop = job.starts_loop(header=hostile, labels=["cat", hostile], zero="\0")
    worker.starts_working(job.name)
    page = worker.sees_frame().text
    assert "<script>alert" not in page
    assert "</textarea>" not in page
    answer["annotatedResult"]["boundingBoxes"][0]["label"] = hostile
    answer["note"] = "a whole pair \U0001f408, and \0"
    headers = {"X-CSRF-Token": worker.csrf, "Content-Type": "application/json"}
    body = json.dumps({"answer": answer, "seconds": 1})
    sent = worker.browser.post(f"/portal/tasks/{worker.task}/submit", content=body, headers=headers)
    assert sent.status_code == 200, sent.text
    uri = job.becomes(loop, "Completed")["HumanLoopOutput"]["OutputS3Uri"]
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8", errors="strict")
    output = json.loads(body)
    assert output["inputContent"]["header"] == hostile
    assert output["humanAnswers"][0]["answerContent"] == answer
    assert hostile.split("&", maxsplit=1)[0] in body, "not escaped for any page: it is JSON"


class Raw:
    """One connection, byte by byte."""

    def __init__(self, service):
        self.connection = socket.create_connection(("127.0.0.1", service.port), timeout=30)

    def drips(self, piece, *, seconds):
        """Send a piece again and again; return what came back and after how many seconds the server had enough."""
        began = time.monotonic()
        received = b""
        self.connection.settimeout(0.1)
        while time.monotonic() - began < seconds:
            try:
                self.connection.sendall(piece)
                chunk = self.connection.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            if not chunk:
                break
            received += chunk
        return received, time.monotonic() - began


def head(service, path, *extra):
    sent = signed(service, "POST", path)
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{service.port}", *extra]
    lines += [f"{name}: {value}" for name, value in sent.headers.items() if name.lower() != "content-length"]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("path", ["/human-loops/stop", "/portal/sign-in"])
@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Content-Length: 1000000"])
def test_a_body_that_never_ends_is_cut_off_by_time(hasty, path, framing):
    raw = Raw(hasty)
    raw.connection.sendall(head(hasty, path, framing))
    received, seconds = raw.drips(b"1\r\n \r\n", seconds=20)
    assert b" 408 " in received.split(b"\r\n")[0]
    assert seconds < 3 * SECONDS
    assert hasty.is_ready(), "it serves on"


@pytest.mark.parametrize("path", ["/human-loops/stop", "/portal/sign-in"])
def test_a_body_that_never_ends_is_cut_off_by_size(hasty, path):
    raw = Raw(hasty)
    raw.connection.sendall(head(hasty, path, "Transfer-Encoding: chunked"))
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    before = memory(hasty)
    _, seconds = raw.drips(piece, seconds=20)
    assert seconds < 4 * SECONDS
    assert memory(hasty) - before < 200 * 2**20
    assert hasty.is_ready()


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nX-Slow: "], ids=["first-line", "header"])
def test_a_head_that_never_ends_is_cut_off_by_time(hasty, beginning):
    raw = Raw(hasty)
    raw.connection.sendall(beginning)
    received, seconds = raw.drips(b"a" if beginning else b"\r\n", seconds=20)
    assert seconds < 3 * SECONDS
    assert b" 408 " in received or not received


def test_a_connection_that_says_nothing_is_closed(hasty):
    raw = Raw(hasty)
    began = time.monotonic()
    raw.connection.settimeout(20)
    assert b" 408 " in raw.connection.recv(1000)
    assert time.monotonic() - began < 3 * SECONDS


def test_headers_without_end_are_cut_off_by_size(hasty):
    raw = Raw(hasty)
    raw.connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"200 OK" in raw.connection.recv(1000)
    raw.connection.sendall(b"GET /healthz HTTP/1.1\r\n")
    received, seconds = raw.drips(b"X-Many: " + b"a" * 20_000 + b"\r\n", seconds=20)
    assert re.search(rb" (431|400) ", received) or not received
    assert seconds < 15


def test_many_slow_callers_leave_the_service_to_others(hasty):
    slow = [Raw(hasty) for _ in range(100)]
    for raw in slow:
        raw.connection.sendall(head(hasty, "/human-loops/stop", "Content-Length: 1000"))
    began = time.monotonic()
    assert httpx.get(f"{hasty.url}/portal/sign-in").status_code == 200
    assert hasty.sagemaker.list_workforces()["Workforces"]
    assert time.monotonic() - began < SECONDS, "nothing waits for them"


def memory(service):
    """Bytes of memory the service's process holds."""
    return int(Path(f"/proc/{service.process.pid}/statm").read_text().split()[1]) * 4096
