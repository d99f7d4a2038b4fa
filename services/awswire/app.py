"""The ASGI application: the life of one request, from bytes to bytes."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Router as StarletteRouter
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from services.awswire.context import Context
from services.awswire.dropping import Dropped, break_off
from services.awswire.errors import ServiceError, internal_failure, not_implemented
from services.awswire.hooks import CallHook, MakeHook, NoHook
from services.awswire.operations import Handler, Operations, call
from services.awswire.parsing import decode_json_values, parse
from services.awswire.request import BodyTooLarge, BodyTooSlow, WireRequest, read_head, read_request
from services.awswire.routing import Route, Router
from services.awswire.serializing import serialize, serialize_error
from services.awswire.signing import Caller, Keys, check_head, verify
from services.awswire.validation import prepare, validate

if TYPE_CHECKING:
    from services.awswire.models import Service, Value

_log = logging.getLogger(__name__)
# Keys of the ASGI scope: an id that middleware has given the request is kept, and middleware finds the operation.
REQUEST_ID_KEY = "awswire.request_id"
OPERATION_KEY = "awswire.operation"
_MAX_BODY = 7 * 2**20
_BODY_SECONDS = 60.0
_LARGE_BODY = 2**17  # bytes; reading a larger one delays other callers


def create_asgi(
    operations: Iterable[Operations],
    *,
    keys: Keys,
    account: str,
    state: object = None,
    clock: Callable[[], float] = time.time,
    max_body: int = _MAX_BODY,
    body_seconds: float = _BODY_SECONDS,
    hook: MakeHook | None = None,
    translate: Callable[[Exception], ServiceError | None] = lambda _: None,
) -> ASGIApp:
    """Build the application that serves the operations of one or several services on one address.

    :param max_body: the largest body, in bytes.
    :param body_seconds: how long a body may take to arrive.
    :param clock: gives epoch seconds.
    :param translate: turns an unexpected exception into the caller's error, or None for a failure of the service.
    :param hook: makes the hook of each call whose parameters are valid.
    :raises ConfigurationError: if an operation is implemented twice, or a pattern of its shapes has no translation.
    """
    tables = Operations.merged(operations)
    for table in tables.values():
        for name in table.handlers:
            prepare(table.service.operations[name].input)
    router = Router(table.service for table in tables.values())
    limits = _Limits(max_body, body_seconds)
    return StarletteRouter(default=_Wire(tables, router, keys, account, state, clock, limits, hook, translate))


@dataclass(frozen=True)
class _Limits:
    max_body: int
    body_seconds: float


@dataclass(frozen=True)
class _Wire:
    """Answers every request, also after a failure, in AWS's form."""

    tables: dict[str, Operations]
    router: Router
    keys: Keys
    account: str
    state: object
    clock: Callable[[], float]
    limits: _Limits
    make_hook: MakeHook | None
    translate: Callable[[Exception], ServiceError | None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        request_id = scope.get(REQUEST_ID_KEY) or str(uuid4())
        try:
            response = await self._respond(scope, receive, request_id)
        except Dropped:
            await break_off(send)
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
                scope[OPERATION_KEY] = f"{service.name}.{route.operation.name}"
                check_head(head, self.keys, service.signing_name, self.clock())
                request = await read_request(scope, receive, head, self.limits.max_body, self.limits.body_seconds)
                return await self._serve(route, request, request_id)
            except (BodyTooLarge, BodyTooSlow) as problem:
                return self._refuse_body(service, problem, request_id)
            except ServiceError as error:
                return serialize_error(service, error, request_id)
        except (Dropped, ClientDisconnect):
            raise
        except Exception as error:  # noqa: BLE001  (the caller must get an answer; the log gets the traceback)
            known = self.translate(error)
            if known is not None:
                _log.warning("request %s: %s", request_id, type(error).__name__)
                return serialize_error(service, known, request_id)
            _log.exception("request %s: the service failed", request_id)
            return serialize_error(service, internal_failure(request_id), request_id)

    def _refuse_body(self, service: "Service | None", problem: BodyTooLarge | BodyTooSlow, request_id: str) -> Response:
        """Refuse a body that was not read to its end.

        A body that does not arrive is cut off. A body that is too long is received and dropped, because a client that
        is still sending when the connection closes never sees the error. The server limits how long that may take.
        """
        if isinstance(problem, BodyTooLarge):
            code = service.validation_code if service else "ValidationException"
            message = f"HTTP content length exceeded {self.limits.max_body} bytes."
            return serialize_error(service, ServiceError(code, message, status=413), request_id)
        message = f"The body did not arrive within {self.limits.body_seconds:g} seconds."
        response = serialize_error(service, ServiceError("RequestTimeoutException", message, status=408), request_id)
        response.headers["connection"] = "close"
        return response

    async def _serve(self, route: Route, request: WireRequest, request_id: str) -> Response:
        if len(request.body) > _LARGE_BODY:
            caller, parameters = await run_in_threadpool(self._understand, route, request)
        else:
            caller, parameters = self._understand(route, request)
        handler = self._handler(route)
        context = self._context(route, request, caller, request_id)
        hook = self._hook(context, parameters)
        try:
            await hook.before()
            answer = await call(handler, context, parameters)
        except ServiceError as error:
            hook.failed(error.code)
            raise
        await hook.after()
        return serialize(route.service, route.operation, answer, request_id)

    def _hook(self, context: Context, parameters: "dict[str, Value]") -> CallHook:
        return self.make_hook(context, parameters) if self.make_hook else NoHook()

    def _understand(self, route: Route, request: WireRequest) -> tuple[Caller, dict[str, "Value"]]:
        """Verify who calls, then read and validate the parameters."""
        service, operation = route.service, route.operation
        caller = verify(request, self.keys, service.signing_name, self.clock())
        self._handler(route)  # only callers with a key learn which operations exist
        parameters = parse(service, operation, route.labels, request)
        if operation.input is not None:
            validate(operation.input, parameters, service.validation_code)
            parameters = decode_json_values(operation.input, parameters)
        return caller, parameters

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
