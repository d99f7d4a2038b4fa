"""Real botocore clients whose requests go straight into an awswire application, without a socket."""

import asyncio
import io
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from services.awswire import Keys, Operations, create_asgi
from services.awswire.patterns import compile_pattern

ACCOUNT = "123456789012"
KEYS = Keys({"nightloop": "correct horse"})


@dataclass
class Reply:
    """What an application sent back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def send(app, method: str, url: str, headers: list[tuple[str, str]], body: bytes = b"", *, chunk=65536) -> Reply:
    """Send one request to an ASGI application, byte for byte, its body in chunks."""
    parts = urlsplit(url)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "server": (parts.hostname, parts.port),
        "client": ("127.0.0.1", 1),
    }
    pieces = [body[start : start + chunk] for start in range(0, len(body), chunk)] or [b""]
    reply = Reply()

    async def receive():
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def collect(message):
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")

    asyncio.run(app(scope, receive, collect))
    return reply


def plain(headers) -> list[tuple[str, str]]:
    """Headers of botocore, some of which are bytes, as text."""
    return [(name, value.decode("latin-1") if isinstance(value, bytes) else value) for name, value in headers.items()]


def body_of(request) -> bytes:
    """The body of a prepared request as bytes."""
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body
    return body.encode() if isinstance(body, str) else bytes(body)


class _Raw(io.BytesIO):
    def stream(self, *_args, **_kwargs):
        yield self.read()


class WireClient:
    """A botocore client wired to an application; `requests` keeps what it sent, `replies` what came back."""

    def __init__(
        self, app, service: str, *, access_key="nightloop", secret="correct horse", region="us-east-1", token=None
    ):
        self.app = app
        self.requests: list[AWSPreparedRequest] = []
        self.replies: list[Reply] = []
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        self.client = botocore.session.Session().create_client(
            service,
            region_name=region,
            endpoint_url="http://localhost:8092",
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=config,
        )
        self.client.meta.events.register("before-send", self._send)

    def _send(self, request: AWSPreparedRequest, **_kwargs) -> AWSResponse:
        self.requests.append(request)
        headers = plain(request.headers)
        if "host" not in {name.lower() for name, _ in headers}:
            headers.append(("Host", urlsplit(request.url).netloc))
        reply = send(self.app, request.method, request.url, headers, body_of(request))
        self.replies.append(reply)
        return AWSResponse(request.url, reply.status, reply.headers, _Raw(reply.body))

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Call an operation by its name in the model; botocore raises what it reads from an error."""
        return self.client._make_api_call(operation, parameters)


class Recorder:
    """One application over all operations of a service that keeps each request and gives the next answer."""

    def __init__(self, service: str, names=None, **options) -> None:
        self.received: list[tuple[Any, dict[str, Any]]] = []
        self.answer: Any = {}
        self.operations = Operations(service)
        streamed = {"InvokeEndpointWithResponseStream"}
        for name in names if names is not None else sorted(set(self.operations.service.operations) - streamed):
            self.operations.implements(name)(self._handle)
        self.app = create_asgi([self.operations], keys=KEYS, account=ACCOUNT, **options)

    def _handle(self, context, request):
        self.received.append((context, request))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


class Samples:
    """Random values that satisfy a botocore shape, drawn from a seed."""

    def __init__(self, seed: int, optional: float = 0.5) -> None:
        self.random = random.Random(seed)
        self.optional = optional

    def value(self, shape, depth: int = 0) -> Any:
        """One value; optional members are left out more often the deeper they are."""
        return getattr(self, f"_{shape.type_name}")(shape, depth)

    def _structure(self, shape, depth):
        members = shape.members
        if shape.metadata.get("union"):
            members = dict([self.random.choice(list(members.items()))])
        wanted = [
            n for n in members if n in shape.required_members or self.random.random() < self.optional / (depth + 1)
        ]
        if shape.metadata.get("union"):
            wanted = list(members)
        return {name: self.value(members[name], depth + 1) for name in wanted}

    def _list(self, shape, depth):
        least = shape.metadata.get("min", 0)
        count = self.random.randint(least, max(least, min(shape.metadata.get("max", 3), 3 - depth)))
        return [self.value(shape.member, depth + 1) for _ in range(count)]

    def _map(self, shape, depth):
        least = shape.metadata.get("min", 0)
        pairs = {self.value(shape.key, depth): self.value(shape.value, depth + 1) for _ in range(max(least, 2))}
        return dict(list(pairs.items())[: shape.metadata.get("max", 2)])

    def _integer(self, shape, _depth):
        low = int(shape.metadata.get("min", -5))
        return self.random.randint(low, int(min(shape.metadata.get("max", low + 1000), low + 1000)))

    _long = _integer

    def _double(self, shape, _depth):
        low = shape.metadata.get("min", -1.0)
        return round(self.random.uniform(low, shape.metadata.get("max", low + 10)), 3)

    _float = _double

    def _boolean(self, _shape, _depth):
        return self.random.random() < 0.5

    def _timestamp(self, _shape, _depth):
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.random.randrange(10**14))

    def _blob(self, shape, _depth):
        return self.random.randbytes(self.random.randint(0, min(shape.metadata.get("max", 50), 50)))

    def _string(self, shape, _depth):
        if enum := shape.metadata.get("enum"):
            return self.random.choice(enum)
        if shape.serialization.get("jsonvalue"):
            return '{"Conditions":[]}'
        in_path = shape.serialization.get("location") == "uri"
        low, high = shape.metadata.get("min", int(in_path)), shape.metadata.get("max", 10**9)
        pattern = shape.metadata.get("pattern", r"[a-zA-Z0-9 é漢😀%+&=/?\"\\-]*")
        header = shape.serialization.get("location") == "header"
        for _ in range(2000):
            text = _Strings(self.random, min(low, 70)).draw(pattern)
            fits = low <= len(text) <= high and compile_pattern(pattern).fullmatch(text)
            if fits and (not header or (text.isprintable() and text.isascii() and text == text.strip())):
                return text
        raise AssertionError(f"no sample for {shape.name}: {pattern}")


class _Strings:
    """Draws strings that mostly match a regular expression, from its parse tree."""

    def __init__(self, source: random.Random, least: int) -> None:
        self.random = source
        self.least = least

    def draw(self, pattern: str) -> str:
        return self._all(re._parser.parse(compile_pattern(pattern).pattern, re.ASCII))

    def _all(self, tree) -> str:
        return "".join(self._one(str(kind), argument) for kind, argument in tree)

    def _one(self, kind, argument) -> str:
        drawn = {
            "LITERAL": lambda: chr(argument),
            "NOT_LITERAL": lambda: "a",
            "IN": lambda: self._class(argument),
            "BRANCH": lambda: self._all(self.random.choice(argument[1])),
            "SUBPATTERN": lambda: self._all(argument[3]),
            "MAX_REPEAT": lambda: self._repeat(*argument),
        }
        return drawn.get(kind, str)()

    def _repeat(self, low, high, tree) -> str:
        count = self.random.randint(low, min(high, low + 4 + self.least))
        return "".join(self._all(tree) for _ in range(count))

    def _class(self, items) -> str:
        if str(items[0][0]) == "NEGATE":
            allowed = [c for c in map(chr, range(33, 127)) if not self._holds(items[1:], c)]
            return self.random.choice(allowed)
        kind, argument = self.random.choice(items)
        match str(kind):
            case "LITERAL":
                return chr(argument)
            case "RANGE":
                return chr(self.random.randint(*argument))
            case _:
                digits, words = "0123456789", "abcXYZ_019"
                return self.random.choice({"CATEGORY_DIGIT": digits, "CATEGORY_SPACE": " "}.get(str(argument), words))

    def _holds(self, items, character) -> bool:
        ranges = [(a, a) if str(kind) == "LITERAL" else a for kind, a in items if str(kind) in ("LITERAL", "RANGE")]
        return any(low <= ord(character) <= high for low, high in ranges)


_SERVICES = ("sagemaker-a2i-runtime", "sagemaker-runtime", "sagemaker")


@pytest.fixture(scope="session")
def recorders() -> dict[str, Recorder]:
    return {service: Recorder(service) for service in _SERVICES}


@pytest.fixture(scope="session")
def clients(recorders) -> dict[str, WireClient]:
    return {service: WireClient(recorders[service].app, service) for service in _SERVICES}


@pytest.fixture
def a2i(recorders, clients):
    """The A2I runtime: its recorder, emptied, and a client to it."""
    recorder = recorders["sagemaker-a2i-runtime"]
    recorder.received.clear()
    recorder.answer = {}
    return recorder, clients["sagemaker-a2i-runtime"]


class Helpers:
    """The helpers of this folder, for tests that build applications of their own."""

    Recorder = Recorder
    WireClient = WireClient
    Samples = Samples
    send = staticmethod(send)
    KEYS = KEYS
    ACCOUNT = ACCOUNT


@pytest.fixture(scope="session")
def wire() -> type[Helpers]:
    return Helpers
