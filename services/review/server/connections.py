"""Limits how long a connection may keep the server waiting for the head of a request.

uvicorn waits forever: a client that sends one byte of a header a minute, or bytes after a finished request, keeps its
connection without limit. Bodies have limits of their own, where they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    import asyncio

    # Which of two classes this is depends on the installed packages; the other one limits the size of a head by itself.
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as HttpProtocol
else:
    HttpProtocol = AutoHTTPProtocol

LARGEST_HEAD = 64 * 2**10
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class ImpatientProtocol(HttpProtocol):
    """HTTP for clients that send the head of each request within `head_seconds` and 64 KiB; it hangs up on others."""

    head_seconds = 60.0

    def __init__(self, *arguments: Any, **values: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **values)
        self._waiting: asyncio.TimerHandle | None = None
        self._in_head = False
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Process the received bytes; the wait ends when a head is complete, and nothing extends it."""
        before = self.cycle
        if before is None or before.response_complete:
            self._wait()
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self._hang_up(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Start the clock."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """Stop the clock, since a body follows."""
        super().on_headers_complete()
        self._in_head = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self._hang_up, _TOO_SLOW)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _hang_up(self, reply: bytes) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.write(reply)
            self.transport.close()


def impatient_protocol(seconds: float) -> type[ImpatientProtocol]:
    """Make the protocol for `uvicorn.run(http=...)` that waits `seconds` for a head."""
    return type("ImpatientProtocol", (ImpatientProtocol,), {"head_seconds": seconds})
