"""A complete WSGI answer, and the call of an application that returns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass
class Reply:
    """A WSGI answer, held until the disk has what it acknowledges."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def succeeded(self) -> bool:
        """Whether the status means success."""
        return self.status.startswith("2")


def call(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Reply:
    """Call a WSGI application and return its whole answer."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], None]:
        begun.append((status, headers))
        return written.append

    written: list[bytes] = []
    parts = app(environ, start_response)
    try:
        written.extend(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = begun[-1]
    return Reply(status, headers, b"".join(written))
