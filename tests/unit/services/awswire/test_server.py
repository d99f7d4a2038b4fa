"""A real uvicorn server, real boto3 clients, real sockets."""

import contextlib
import io
import socket
import threading
import time
from datetime import UTC, datetime

import boto3
import pytest
import uvicorn
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from services.awswire import Dropped, Operations, ServiceError, create_asgi
from services.faults import Faults, Order
from services.faults.calls import CallsUnderTest


@contextlib.contextmanager
def serving(app, http="auto"):
    """Serve an application on a free port of this machine; stops on leaving."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", http=http))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class Service:
    """The application under test: A2I's StopHumanLoop, SageMaker's ListModels and CreateModel, InvokeEndpoint."""

    def __init__(self, wire) -> None:
        self.stopped: list[str] = []
        self.faults = Faults()
        tables = [Operations(name) for name in ("sagemaker-a2i-runtime", "sagemaker", "sagemaker-runtime")]
        tables[0].implements("StopHumanLoop")(self._stop)
        tables[1].implements("ListModels")(self._list)
        tables[2].implements("InvokeEndpoint")(self._invoke)
        hook = CallsUnderTest(self.faults, None, refuse=ServiceError, drop=Dropped)
        wired = create_asgi(tables, keys=wire.KEYS, account=wire.ACCOUNT, hook=hook)
        health = Route("/healthz", lambda _request: PlainTextResponse("ok"))
        self.app = Starlette(routes=[health, Mount("/", wired)])

    def _stop(self, context, request):
        self.stopped.append(request["HumanLoopName"])
        return {}

    async def _list(self, context, request):
        arn = f"arn:{context.partition}:sagemaker:{context.region}:{context.account}:model/m"
        return {"Models": [{"ModelName": "m", "ModelArn": arn, "CreationTime": 1795402800.25}]}

    def _invoke(self, context, request):
        return {"Body": request["Body"][::-1], "ContentType": "application/json", "InvokedProductionVariant": "a"}


@pytest.fixture(scope="module", params=["h11", "httptools"])
def served(request, wire):
    service = Service(wire)
    with serving(service.app, request.param) as url:
        yield service, url


@pytest.fixture(autouse=True)
def _no_faults_left(served):
    served[0].faults.clear()
    served[0].stopped.clear()


def client(url, service, **config):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="nightloop",
        aws_secret_access_key="correct horse",
        config=Config(**{"retries": {"total_max_attempts": 1}, "read_timeout": 20, **config}),
    )


def test_a_mounted_application_serves_three_services(served):
    service, url = served
    client(url, "sagemaker-a2i-runtime").stop_human_loop(HumanLoopName="loop")
    assert service.stopped == ["loop"]
    [model] = client(url, "sagemaker").list_models()["Models"]
    assert model["CreationTime"].timestamp() == 1795402800.25
    answer = client(url, "sagemaker-runtime").invoke_endpoint(EndpointName="e", Body=io.BytesIO(b"abc"))
    assert answer["Body"].read() == b"cba"
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("application/json", "a")


def test_a_body_too_large_is_refused_and_the_connection_still_serves(served):
    _, url = served
    runtime = client(url, "sagemaker-runtime", max_pool_connections=1)
    for _ in range(2):
        with pytest.raises(ClientError, match="HTTP content length exceeded 7340032 bytes"):
            runtime.invoke_endpoint(EndpointName="e", Body=bytes(20_000_000))
        assert runtime.invoke_endpoint(EndpointName="e", Body=b"12")["Body"].read() == b"21"


def exchange(url, *steps):
    """Over one raw connection send the first of each step's bytes, then read until its second has come; return all."""
    host, port = url.removeprefix("http://").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        for sent, awaited in steps:
            connection.sendall(sent)
            while awaited not in received:
                chunk = connection.recv(65536)
                assert chunk, f"the server closed after {received!r}"
                received += chunk
    return received


def head(extra):
    """The head of a call that nobody has signed, though a known key is named: enough for its body to be read."""
    now = datetime.now(UTC)
    scope = f"nightloop/{now:%Y%m%d}/us-east-1/sagemaker/aws4_request"
    lines = [
        "POST /human-loops/stop HTTP/1.1",
        "Host: a",
        f"X-Amz-Date: {now:%Y%m%dT%H%M%SZ}",
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0",
        *extra,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def test_expect_100_continue(served):
    sent = head(["Content-Length: 2", "Expect: 100-continue"])
    exchange(served[1], (sent, b"100 Continue\r\n\r\n"), (b"{}", b"The request signature we calculated"))


def test_a_chunked_upload_is_read_and_limited(served):
    begin = head(["Transfer-Encoding: chunked"])
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    small = (begin + b"2\r\n{}\r\n0\r\n\r\n", b"The request signature we calculated")
    exchange(served[1], small, (begin, b""), *[(chunk, b"")] * 8, (b"0\r\n\r\n", b"HTTP content length exceeded"))


def test_a_throttled_call_is_tried_again_by_boto3(served):
    service, url = served
    service.faults.order(Order("StopHumanLoop", "throttle"))
    service.faults.order(Order("StopHumanLoop", "error"))
    with pytest.raises(ClientError, match="ThrottlingException"):
        client(url, "sagemaker-a2i-runtime").stop_human_loop(HumanLoopName="a")
    retries = {"total_max_attempts": 3, "mode": "standard"}
    client(url, "sagemaker-a2i-runtime", retries=retries).stop_human_loop(HumanLoopName="b")
    assert service.stopped == ["b"]


@pytest.mark.parametrize(("kind", "stopped"), [("reset-before", []), ("reset-after", ["a"]), ("hold-after", ["a"])])
def test_a_connection_lost_before_or_after_the_handler(served, kind, stopped):
    service, url = served
    service.faults.order(Order("*", kind, seconds=0.1))
    with pytest.raises(ConnectionClosedError):
        client(url, "sagemaker-a2i-runtime").stop_human_loop(HumanLoopName="a")
    assert service.stopped == stopped
    client(url, "sagemaker-a2i-runtime").stop_human_loop(HumanLoopName="b")
    assert service.stopped == [*stopped, "b"]


def test_a_slow_answer_runs_into_the_clients_timeout(served):
    service, url = served
    service.faults.order(Order("StopHumanLoop", "slow", seconds=1.5))
    with pytest.raises(ReadTimeoutError):
        client(url, "sagemaker-a2i-runtime", read_timeout=0.2).stop_human_loop(HumanLoopName="a")
