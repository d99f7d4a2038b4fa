"""The application of a server that is under test: faults on order, and a history of the changes in S3."""

from __future__ import annotations

import json
import socket
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from services.aws.requests.aws_call import Call
from services.aws.requests.s3_request import MUTATING
from services.aws.requests.wsgi import Reply, call
from services.aws.server.durable_application import error_reply
from services.faults import control
from services.faults.history import Done, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from services.faults import Effect, Fault, Faults, History

_REFUSALS = {
    "throttle": ("503 Slow Down", "SlowDown", "ThrottlingException"),
    "error": ("500 Internal Server Error", "InternalError", "InternalFailure"),
    "unavailable": ("503 Service Unavailable", "ServiceUnavailable", "ServiceUnavailable"),
    "missing": ("404 Not Found", "NoSuchKey", "ResourceNotFoundException"),
}


class ApplicationUnderTest:
    """Wraps the real application; only a server under test has it."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], faults: Faults | None, token: str, history: History | None
    ) -> None:
        self.application = application
        self.faults = faults
        self.token = token
        self.history = history

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answer one request, or spoil it."""
        path = environ.get("PATH_INFO", "")
        if path == control.PATH and self.faults is not None:
            return _send(self._control(self.faults, environ), start_response)
        if path == "/healthz":
            return self.application(environ, start_response)
        asked = Call.read(environ)
        fault = self.faults.take(asked.operation, asked.name) if self.faults else None
        refusal = _refusal(asked, fault)
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault and fault.kind == "reset-before":
            return _drop(environ, start_response)
        reply = refusal or call(self.application, environ)
        self._record(asked, environ, reply, fault)
        return _answer(reply, fault, environ, start_response)

    def _control(self, faults: Faults, environ: dict[str, Any]) -> Reply:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        status, document = control.respond(faults, self.token, environ["REQUEST_METHOD"], authorization, body)
        phrase = f"{status} {HTTPStatus(status).phrase}"
        return Reply(phrase, [("Content-Type", "application/json")], json.dumps(document).encode())

    def _record(self, asked: Call, environ: dict[str, Any], reply: Reply, fault: Fault | None) -> None:
        if self.history is None or asked.service != "s3" or environ["REQUEST_METHOD"] not in MUTATING:
            return
        effect: Effect = "created" if environ.get("HTTP_IF_NONE_MATCH") == "*" else "changed"
        code = "" if reply.succeeded else reply.status.split(" ", 1)[0]
        kind = fault.kind if fault else ""
        done = Done("s3", asked.operation, asked.name, digest(asked.body), "none" if code else effect, code, kind)
        self.history.write(done)


def _refusal(asked: Call, fault: Fault | None) -> Reply | None:
    """Refuse in the form of the service that was asked."""
    if fault is None or fault.kind not in _REFUSALS:
        return None
    status, s3_code, json_code = _REFUSALS[fault.kind]
    if asked.service == "s3":
        return error_reply(status, s3_code, "A fault on order.")
    document = json.dumps({"__type": json_code, "message": "A fault on order."})
    return Reply(status, [("Content-Type", "application/x-amz-json-1.0")], document.encode())


def _answer(
    reply: Reply, fault: Fault | None, environ: dict[str, Any], start_response: Callable[..., object]
) -> Iterable[bytes]:
    """Send the part of an answer that is to be sent."""
    kind = fault.kind if fault else ""
    if fault and kind == "hold-after":
        time.sleep(fault.seconds)
    if kind in {"reset-after", "hold-after"}:
        return _drop(environ, start_response)
    if kind == "truncate" and reply.succeeded:
        return _half(reply, environ, start_response)
    return _send(reply, start_response)


def _send(reply: Reply, start_response: Callable[..., object]) -> list[bytes]:
    start_response(reply.status, reply.headers)
    return [reply.body]


def _half(reply: Reply, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterator[bytes]:
    """Announce the whole body, send half of it."""
    headers = [header for header in reply.headers if header[0].lower() != "content-length"]
    start_response(reply.status, [*headers, ("Content-Length", str(len(reply.body)))])
    yield reply.body[: len(reply.body) // 2]
    _hang_up(environ)


def _drop(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    _hang_up(environ)
    start_response("200 OK", [])  # Werkzeug insists on one; none of it leaves the machine
    return []


def _hang_up(environ: dict[str, Any]) -> None:
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
