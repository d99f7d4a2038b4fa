"""A small HTTP/1.1 server for stubs: quick enough that it is not what is measured."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

REASONS = {
    100: "Continue",
    200: "OK",
    201: "Created",
    204: "No Content",
    206: "Partial Content",
    400: "Bad Request",
    404: "Not Found",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: path and query without their escapes, header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, sent `delay` seconds later."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


class Connection(asyncio.Protocol):
    """One client's connection; it sends a request when it has the answer to the one before."""

    def __init__(self, handle: Callable[[Request], Response]) -> None:
        self._handle = handle
        self._received = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._head is None and not self._read_head():
            return
        assert self._head is not None
        method, target, headers = self._head
        length = int(headers.get("content-length", "0"))
        if len(self._received) < length:
            return
        body = bytes(self._received[:length])
        del self._received[:length]
        self._head = None
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self._answer(method, self._handle(Request(method, unquote(parts.path), query, headers, body)))

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = self._received[:end].decode("latin-1").split("\r\n")
        del self._received[: end + 4]
        method, target, _ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._head = method, target, headers
        if headers.get("expect", "").lower() == "100-continue":
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _answer(self, method: str, response: Response) -> None:
        lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Error')}"]
        headers = {"Content-Length": str(len(response.body))} | response.headers
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        whole = head if method == "HEAD" else head + response.body
        if response.delay:
            asyncio.get_running_loop().call_later(response.delay, self._write, whole)
        else:
            self._write(whole)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


async def serve(handle: Callable[[Request], Response], said: Callable[[int], None]) -> None:
    """Serve on a port of the system's choice, which `said` is told, until cancelled."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(handle), "127.0.0.1", 0, backlog=512)
    said(int(server.sockets[0].getsockname()[1]))
    async with server:
        await server.serve_forever()
