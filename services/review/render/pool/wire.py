"""What the service and a rendering process say to each other over a socket: a JSON head and one text behind it."""

from __future__ import annotations

import json
import struct
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_LENGTHS = struct.Struct(">II")
_CHUNK = 1 << 20


class ConnectionOver(EOFError):  # noqa: N818 - it says what happened
    """The other side has closed the connection."""


def send(connection: socket.socket, head: dict[str, Any], text: str = "", *, end: float | None = None) -> None:
    """Send a message; half a surrogate pair stays unchanged. `end` is as for `receive`."""
    body = text.encode("utf-8", "surrogatepass")
    packed = json.dumps(head).encode()
    _be_patient(connection, end)
    connection.sendall(_LENGTHS.pack(len(packed), len(body)) + packed)
    if body:
        connection.sendall(body)


def receive(connection: socket.socket, *, end: float | None = None) -> tuple[dict[str, Any], str]:
    """Wait for a message, at most until `end` of the monotonic clock; raises TimeoutError, ConnectionOver."""
    head, body = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, end))
    read = json.loads(_exactly(connection, head, end))
    return read, _exactly(connection, body, end).decode("utf-8", "surrogatepass")


def _exactly(connection: socket.socket, count: int, end: float | None) -> bytes:
    data = bytearray(count)
    view, at = memoryview(data), 0
    while at < count:
        _be_patient(connection, end)
        received = connection.recv_into(view[at:], min(count - at, _CHUNK))
        if not received:
            raise ConnectionOver
        at += received
    return bytes(data)


def _be_patient(connection: socket.socket, end: float | None) -> None:
    # Zero would mean not to wait at all, which raises another error.
    connection.settimeout(None if end is None else max(0.001, end - time.monotonic()))
