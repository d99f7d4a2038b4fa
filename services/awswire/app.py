"""The ASGI application: the life of one request, from bytes to bytes."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Router as StarletteRouter
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from services.awswire.context import Context
from services.awswire.errors import ServiceError, internal_failure, not_implemented
from services.awswire.faults import Fault, Faults
from services.awswire.operations import Handler, Operations, call
from services.awswire.parsing import decode_json_values, parse
from services.awswire.request import BodyTooLarge, Head, WireRequest, read_head, read_request
from services.awswire.routing import Route, Router
from services.awswire.serializing import serialize, serialize_error
from services.awswire.signing import Caller, Keys, verify
from services.awswire.validation import prepare, validate

if TYPE_CHECKING:
    from services.awswire.models import Service

_log = logging.getLogger(__name__)
_MAX_BODY = 7 * 2**20


def create_asgi(
    operations: Iterable[Operations],
    *,
    keys: Keys,
    account: str,
    state: object = None,
    clock: Callable[[], float] = time.time,
    max_body: int = _MAX_BODY,
    faults: Faults | None = None,
) -> ASGIApp:
    """Build the application that serves the operations of one or several services on one address.

    `max_body` is in bytes; `clock` gives epoch seconds. Raises `ConfigurationError` when an operation is implemented
    twice or a pattern of its shapes cannot be translated.
    """
    tables = Operations.merged(operations)
    for table in tables.values():
        for name in table.handlers:
            prepare(table.service.operations[name].input)
    router = Router(table.service for table in tables.values())
    return StarletteRouter(default=_Wire(tables, router, keys, account, state, clock, max_body, faults or Faults()))


class _Dropped(Exception):  # noqa: N818  (an event on order, not an error)
    """A fault on order: the connection breaks here."""


@dataclass(frozen=True)
class _Wire:
    """Answers every request, whatever happens, in AWS's form."""

    tables: dict[str, Operations]
    router: Router
    keys: Keys
    account: str
    state: object
    clock: Callable[[], float]
    max_body: int
    faults: Faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        request_id = str(uuid4())
        try:
            response = await self._respond(scope, receive, request_id)
        except _Dropped:
            await _break_off(send)
        except ClientDisconnect:
            _log.info("request %s: the caller hung up", request_id)
        else:
            await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, request_id: str) -> Response:
        service: Service | None = None
        try:
            try:
                head = read_head(scope)
                route = self.router.route(head)
                service = route.service
                return await self._serve(route, await self._read(scope, receive, route, head), request_id)
            except ServiceError as error:
                return serialize_error(service, error, request_id)
        except (_Dropped, ClientDisconnect):
            raise
        except Exception:  # noqa: BLE001  (the caller must get an answer; the log gets the traceback)
            _log.exception("request %s: the service failed", request_id)
            return serialize_error(service, internal_failure(request_id), request_id)

    async def _read(self, scope: Scope, receive: Receive, route: Route, head: Head) -> WireRequest:
        try:
            return await read_request(scope, receive, head, self.max_body)
        except BodyTooLarge:
            message = f"HTTP content length exceeded {self.max_body} bytes."
            raise ServiceError(route.service.validation_code, message, status=413) from None

    async def _serve(self, route: Route, request: WireRequest, request_id: str) -> Response:
        service, operation = route.service, route.operation
        caller = verify(request, self.keys, service.signing_name, self.clock())
        handler = self._handler(route)
        parameters = parse(service, operation, route.labels, request)
        if operation.input is not None:
            validate(operation.input, parameters, service.validation_code)
            parameters = decode_json_values(operation.input, parameters)
        fault = self.faults.take(operation.name)
        await _suffer(fault)
        answer = await call(handler, self._context(route, request, caller, request_id), parameters)
        response = serialize(service, operation, answer, request_id)
        if fault and fault.kind == "reset-after":
            raise _Dropped
        return response

    def _handler(self, route: Route) -> Handler:
        handlers = self.tables[route.service.name].handlers
        if route.operation.name not in handlers:
            raise not_implemented(route.operation.name, sorted(handlers))
        return handlers[route.operation.name]

    def _context(self, route: Route, request: WireRequest, caller: Caller, request_id: str) -> Context:
        return Context(
            service=route.service.name,
            operation=route.operation.name,
            region=caller.region,
            account=self.account,
            request_id=request_id,
            access_key=caller.access_key,
            state=self.state,
            now=self.clock,
            headers=request.head.headers,
        )


async def _suffer(fault: Fault | None) -> None:
    """Do what a fault does before the handler runs."""
    if fault is None:
        return
    if fault.kind == "throttle":
        raise ServiceError("ThrottlingException", "Rate exceeded")
    if fault.kind == "error":
        raise ServiceError("InternalFailure", "A fault on order.", status=500)
    if fault.kind == "reset-before":
        raise _Dropped
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)


async def _break_off(send: Send) -> None:
    """Begin an answer and never end it: the server then closes the connection, which is all that ASGI offers.

    No content-length: the server sends chunks, and clients notice a last chunk that is missing, whereas botocore takes
    a body that is shorter than announced.
    """
    await send({"type": "http.response.start", "status": 200, "headers": []})
