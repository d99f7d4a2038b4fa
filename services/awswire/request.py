"""One request from the wire, its body read up to a limit."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope


class BodyTooLarge(Exception):  # noqa: N818  (names what happened; becomes the service's own error)
    """The body is longer than the service accepts."""


class BodyTooSlow(Exception):  # noqa: N818
    """The body did not arrive within the time the service waits."""


@dataclass(frozen=True)
class Head:
    """Everything before the body; path and query are still percent-encoded, as sent."""

    method: str
    path: str
    query: str
    headers: Headers


@dataclass(frozen=True)
class WireRequest:
    """A whole request."""

    head: Head
    body: bytes


def read_head(scope: Scope) -> Head:
    """Take the head out of an ASGI scope."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return Head(
        method=scope["method"],
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=Headers(scope=scope),
    )


def header_text(value: str) -> str:
    """Read a header's value as UTF-8, which is what AWS's clients sign and send; ASGI servers hand out Latin-1."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


async def read_request(scope: Scope, receive: Receive, head: Head, max_body: int, seconds: float) -> WireRequest:
    """Read the body, holding at most `max_body` bytes, within `seconds`.

    :raises BodyTooLarge: as soon as the body is known to be longer.
    :raises BodyTooSlow: when the time is over.
    """
    announced = head.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_body:
        raise BodyTooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in Request(scope, receive).stream():
                if len(body) + len(chunk) > max_body:
                    raise BodyTooLarge
                body += chunk
    except TimeoutError:
        raise BodyTooSlow from None
    return WireRequest(head, bytes(body))
