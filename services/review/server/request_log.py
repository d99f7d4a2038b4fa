"""Logs one line for every request, and gives all log lines of a request the same id."""

from __future__ import annotations

import logging
import re
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from services.awswire import OPERATION_KEY, REQUEST_ID_KEY

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from services.review.metrics.registry import Metrics

logger = logging.getLogger(__name__)

HEADER = "X-Request-Id"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
# The caller disconnected before the answer (nginx's status for it).
CALLER_GONE = 499


@dataclass
class Note:
    """What is known about the current request; code that learns more writes it here."""

    request_id: str
    worker: str | None = None
    status: int | None = None


_current: ContextVar[Note | None] = ContextVar("request", default=None)


def current_request_id() -> str | None:
    """Return the id of the request this code works for; None outside a request."""
    note = _current.get()
    return note.request_id if note else None


def note_worker(public_id: str) -> None:
    """Record which worker sent the current request."""
    note = _current.get()
    if note is not None:
        note.worker = public_id


class RequestLog:
    """Middleware around the whole application: gives each request its id, logs its end, counts it.

    The line has the template of the route and no path, since a path may contain a token, and a query a signature.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        note = Note(_request_id(scope))
        scope[REQUEST_ID_KEY] = note.request_id
        began = time.perf_counter()
        token = _current.set(note)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                note.status = message["status"]
                MutableHeaders(scope=message)[HEADER] = note.request_id
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            note.status = None  # there is no caller to answer, and nothing went wrong here
        except Exception:
            note.status = 500
            raise
        finally:
            self._end(scope, note, time.perf_counter() - began)
            _current.reset(token)

    def _end(self, scope: Scope, note: Note, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = _route(scope)
        status = note.status or CALLER_GONE
        self._metrics.request(method, route, status, seconds)
        details = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
        if note.worker:
            details["worker"] = note.worker
        logger.log(logging.DEBUG if route in PROBES else logging.INFO, "request", extra=details)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _SANE_ID.fullmatch(given) else str(uuid.uuid4())


def _route(scope: Scope) -> str:
    """Return the template of the route, or the operation of the AWS API; never a text that a caller can choose."""
    operation: str | None = scope.get(OPERATION_KEY)
    path = getattr(scope.get("route"), "path", "")
    return operation or path or "unmatched"
