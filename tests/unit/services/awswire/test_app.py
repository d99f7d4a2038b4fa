"""One request's life through the whole application, in process."""

import asyncio
import json
import logging
import threading

import pytest
from botocore.exceptions import ClientError

from services.awswire import ConfigurationError, Context, Operations, ServiceError, create_asgi

_FLOW = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc"
_TRANSFORM_INPUT = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/p"}}}


def error_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response


def test_a_modelled_error_has_its_status_and_type(a2i):
    recorder, client = a2i
    recorder.answer = ServiceError("ResourceNotFoundException", "no loop of that name")
    with pytest.raises(client.client.exceptions.ResourceNotFoundException) as caught:
        client.call("DescribeHumanLoop", {"HumanLoopName": "loop"})
    response = caught.value.response
    assert response["Error"] == {"Code": "ResourceNotFoundException", "Message": "no loop of that name"}
    assert response["Message"] == "no loop of that name"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert response["ResponseMetadata"]["RequestId"]
    assert client.replies[-1].headers["x-amzn-errortype"] == "ResourceNotFoundException"


def test_further_members_of_an_error_reach_the_client(recorders, clients):
    recorders["sagemaker-runtime"].answer = ServiceError(
        "ModelError",
        "Received client error (400)",
        OriginalStatusCode=400,
        OriginalMessage="bad é",
        LogStreamArn="arn:x",
    )
    response = error_of(lambda: clients["sagemaker-runtime"].call("InvokeEndpoint", {"EndpointName": "e", "Body": b""}))
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (400, "bad é")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ServiceError("ValidationException", "m"), 400),
        (ServiceError("ResourceInUse", "m"), 400),
        (ServiceError("AccessDeniedException", "m", status=403), 403),
        (ServiceError("ResourceNotFound", "m", status=410), 410),
    ],
)
def test_json_errors_carry_their_type_in_the_body(recorders, clients, error, status):
    recorders["sagemaker"].answer = error
    response = error_of(lambda: clients["sagemaker"].call("DescribeModel", {"ModelName": "m"}))
    reply = clients["sagemaker"].replies[-1]
    assert json.loads(reply.body)["__type"] == response["Error"]["Code"] == error.code
    assert response["Error"]["Message"] == "m"
    assert reply.status == status
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"


def test_an_exception_is_logged_with_the_request_id_and_hidden_from_the_caller(a2i, caplog):
    recorder, client = a2i
    recorder.answer = RuntimeError("secret detail")
    with caplog.at_level(logging.ERROR):
        response = error_of(lambda: client.call("StopHumanLoop", {"HumanLoopName": "loop"}))
    assert response["Error"]["Code"] == "InternalFailure"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "secret detail" not in client.replies[-1].body.decode()
    [record] = caplog.records
    assert response["ResponseMetadata"]["RequestId"] in record.getMessage()
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"HumanLoopSummaries": "none"}, "HumanLoopSummaries must be a list, is str"),
        ({"HumanLoopSummaries": [], "Extra": 1}, "has members that ListHumanLoopsResponse does not: Extra"),
        (
            {"HumanLoopSummaries": [{"HumanLoopName": 1}]},
            r"HumanLoopSummaries\[0\].HumanLoopName must be string, is int",
        ),
        ({"HumanLoopSummaries": [{"HumanLoopStatus": "Lost"}]}, "must be one of InProgress, .* is 'Lost'"),
        ({"HumanLoopSummaries": [{"CreationTime": "now"}]}, "must be an aware datetime or epoch seconds"),
        (None, "top level must be a structure, is NoneType"),
    ],
)
def test_an_answer_outside_its_shape_is_our_bug(a2i, caplog, answer, words):
    recorder, client = a2i
    recorder.answer = answer
    response = error_of(lambda: client.call("ListHumanLoops", {"FlowDefinitionArn": _FLOW}))
    assert response["Error"]["Code"] == "InternalFailure"
    assert caplog.records[-1].exc_info
    assert __import__("re").search(words, caplog.text)


def test_an_error_with_members_its_shape_does_not_have_is_our_bug(a2i, caplog):
    recorder, client = a2i
    recorder.answer = ServiceError("ConflictException", "m", Nonsense=1)
    response = error_of(lambda: client.call("StopHumanLoop", {"HumanLoopName": "loop"}))
    assert response["Error"]["Code"] == "InternalFailure"
    assert "Nonsense" in caplog.text


def test_a_header_cannot_be_split(recorders, clients, caplog):
    recorders["sagemaker-runtime"].answer = {"Body": b"", "ContentType": "a\r\nSet-Cookie: x"}
    response = error_of(lambda: clients["sagemaker-runtime"].call("InvokeEndpoint", {"EndpointName": "e", "Body": b""}))
    assert response["Error"]["Code"] == "InternalFailure"
    assert "ContentType cannot be a header" in caplog.text


def test_an_operation_of_the_model_that_is_not_implemented_names_those_that_are(wire):
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop", "DescribeHumanLoop"])
    client = wire.WireClient(recorder.app, "sagemaker-a2i-runtime")
    response = error_of(lambda: client.call("DeleteHumanLoop", {"HumanLoopName": "loop"}))
    assert response["Error"]["Code"] == "NotImplemented"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert response["Error"]["Message"].startswith("DeleteHumanLoop is not implemented")
    assert response["Error"]["Message"].endswith("It implements: DescribeHumanLoop, StopHumanLoop")


def test_nothing_is_said_to_a_stranger(wire):
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop"])
    stranger = wire.WireClient(recorder.app, "sagemaker-a2i-runtime", secret="wrong")
    for operation in ("StopHumanLoop", "DeleteHumanLoop"):
        response = error_of(lambda operation=operation: stranger.call(operation, {"HumanLoopName": "NOT VALID"}))
        assert response["Error"]["Code"] == "InvalidSignatureException"
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert recorder.received == []


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/nowhere", []),
        ("PUT", "/human-loops", []),
        ("GET", "/human-loops/", []),
        ("POST", "/", []),
        ("POST", "/", [("X-Amz-Target", "SageMaker.NoSuchThing")]),
        ("POST", "/", [("X-Amz-Target", "DynamoDB.ListTables")]),
        ("GET", "/", [("X-Amz-Target", "SageMaker.ListModels")]),
        ("GET", "/a%0ab", []),
    ],
)
def test_an_unknown_path_or_target(recorders, wire, method, path, headers):
    app = create_asgi([r.operations for r in recorders.values()], keys=wire.KEYS, account=wire.ACCOUNT)
    reply = wire.send(app, method, f"http://localhost{path}", headers)
    assert reply.status == 404
    assert json.loads(reply.body)["__type"] == "UnknownOperationException"
    assert reply.headers["x-amzn-requestid"]


def test_several_services_share_one_address(wire):
    answers = {"sagemaker": ("ListModels", {"Models": []}), "sagemaker-runtime": ("InvokeEndpoint", {"Body": b"b"})}
    tables = []
    for service, (name, answer) in answers.items():
        table = Operations(service)
        table.implements(name)(lambda _context, _request, answer=answer: answer)
        tables.append(table)
    app = create_asgi(tables, keys=wire.KEYS, account=wire.ACCOUNT)
    assert wire.WireClient(app, "sagemaker").call("ListModels", {})["Models"] == []
    reply = wire.WireClient(app, "sagemaker-runtime").call("InvokeEndpoint", {"EndpointName": "e", "Body": b""})
    assert reply["Body"].read() == b"b"


def test_two_tables_of_one_service_are_joined(wire):
    loops, tables = ("StopHumanLoop", "DeleteHumanLoop"), []
    for name in loops:
        tables.append(Operations("sagemaker-a2i-runtime"))
        tables[-1].implements(name)(lambda _context, _request: {})
    client = wire.WireClient(create_asgi(tables, keys=wire.KEYS, account=wire.ACCOUNT), "sagemaker-a2i-runtime")
    for name in loops:
        assert client.call(name, {"HumanLoopName": "loop"})
    tables[0].implements("DeleteHumanLoop")(lambda _context, _request: {})
    with pytest.raises(ConfigurationError, match="DeleteHumanLoop is implemented twice"):
        create_asgi(tables, keys=wire.KEYS, account=wire.ACCOUNT)


def test_plain_handlers_run_in_a_worker_thread_and_async_ones_in_the_loop(wire):
    threads = {}
    table = Operations("sagemaker-a2i-runtime")

    @table.implements("StopHumanLoop")
    def stop(context, request):
        threads["plain"] = threading.current_thread()
        return {}

    @table.implements("DeleteHumanLoop")
    async def delete(context, request):
        threads["async"] = threading.current_thread()
        return {}

    client = wire.WireClient(create_asgi([table], keys=wire.KEYS, account=wire.ACCOUNT), "sagemaker-a2i-runtime")
    client.call("StopHumanLoop", {"HumanLoopName": "loop"})
    client.call("DeleteHumanLoop", {"HumanLoopName": "loop"})
    assert threads["async"] is threading.current_thread()
    assert threads["plain"] is not threading.current_thread()


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_context_says_who_and_where(wire, region, partition):
    state, clock = object(), __import__("time").time
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop"], state=state, clock=clock)
    wire.WireClient(recorder.app, "sagemaker-a2i-runtime", region=region).call("StopHumanLoop", {"HumanLoopName": "a"})
    context: Context = recorder.received[0][0]
    assert context.partition == partition
    assert (context.access_key, context.state, context.now) == ("nightloop", state, clock)
    assert context.headers["USER-AGENT"].startswith("Boto")


def test_a_body_is_never_held_beyond_its_limit(wire):
    recorder = wire.Recorder("sagemaker-runtime", ["InvokeEndpoint"], max_body=1000)
    client = wire.WireClient(recorder.app, "sagemaker-runtime")
    recorder.answer = {"Body": b""}
    client.call("InvokeEndpoint", {"EndpointName": "e", "Body": bytes(1000)})
    response = error_of(lambda: client.call("InvokeEndpoint", {"EndpointName": "e", "Body": bytes(1001)}))
    assert response["Error"] == {"Code": "ValidationError", "Message": "HTTP content length exceeded 1000 bytes."}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413


def signed_head(wire, client):
    """The head of a signed request that announces no length."""
    client.call("StopHumanLoop", {"HumanLoopName": "loop"})
    sent = {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in client.requests[-1].headers.items()
    }
    return [("Host", "localhost:8092"), *((name, value) for name, value in sent.items() if name != "Content-Length")]


def test_the_limit_holds_without_a_content_length(wire):
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop"], max_body=1000)
    head = signed_head(wire, wire.WireClient(recorder.app, "sagemaker-a2i-runtime"))
    reply = wire.send(recorder.app, "POST", "http://localhost:8092/human-loops/stop", head, bytes(5000), chunk=300)
    assert reply.status == 413
    assert json.loads(reply.body)["__type"] == "ValidationException"


class Body:
    """A body that comes in pieces, and after them nothing for a long time."""

    def __init__(self, pieces=0):
        self.pieces = pieces
        self.asked = 0

    async def __call__(self):
        self.asked += 1
        if self.asked > self.pieces:
            await asyncio.sleep(30)
        return {"type": "http.request", "body": b" ", "more_body": True}


def reply_to(app, headers, body):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/human-loops/stop", "raw_path": b"/human-loops/stop"}
    scope |= {"query_string": b"", "headers": [(name.lower().encode(), value.encode()) for name, value in headers]}
    asyncio.run(app(scope, body, send))
    return sent[0]["status"], json.loads(sent[1]["body"]), dict(sent[0]["headers"])


def test_a_body_that_does_not_arrive_is_not_waited_for(wire):
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop"], body_seconds=0.2)
    head = signed_head(wire, wire.WireClient(recorder.app, "sagemaker-a2i-runtime"))
    status, error, headers = reply_to(recorder.app, head, Body(pieces=3))
    assert (status, error["__type"]) == (408, "RequestTimeoutException")
    assert "0.2 seconds" in error["message"]
    assert headers[b"connection"] == b"close"


def test_the_body_of_a_stranger_is_not_read(wire):
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop"])
    head = signed_head(wire, wire.WireClient(recorder.app, "sagemaker-a2i-runtime"))
    strange = [(name, value.replace("Credential=nightloop", "Credential=mallory")) for name, value in head]
    for headers, code in (([], "MissingAuthenticationTokenException"), (strange, "UnrecognizedClientException")):
        body = Body()
        status, error, _ = reply_to(recorder.app, headers, body)
        assert (status, error["__type"], body.asked) == (403, code, 0)


def test_the_largest_image_that_sagemaker_takes_is_taken(recorders, clients):
    recorders["sagemaker-runtime"].answer = {"Body": b""}
    body = bytes(6_291_456)
    clients["sagemaker-runtime"].call("InvokeEndpoint", {"EndpointName": "e", "Body": body})
    assert recorders["sagemaker-runtime"].received[-1][1]["Body"] == body
