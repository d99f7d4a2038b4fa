"""Forwards review operations, so that one `sagemaker` address serves models and reviews."""

import json
import logging
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.awswire import Keys, ServiceError
from services.awswire.request import read_head
from services.awswire.signing import check_head

logger = logging.getLogger(__name__)

_SIGNING_NAME: Final = "sagemaker"
_PREFIX: Final = "SageMaker."
_RESOURCES: Final = ("HumanTaskUi", "FlowDefinition", "Workteam", "Workforce", "RenderUiTemplate")
_REVIEW_ARNS: Final = (":human-task-ui/", ":flow-definition/", ":workteam/", ":workforce/", ":human-loop/")
_TAG_OPERATIONS: Final = frozenset({"AddTags", "ListTags", "DeleteTags"})
# Headers of one connection, not of the message (RFC 9110, section 7.6.1); the length follows from the body.
_OF_THE_CONNECTION: Final = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"}
)
_MAX_BODY: Final = 12 * 3_145_728 + 2**16
_SECONDS: Final = 60.0


class ReviewForwarding:
    """Middleware: forwards review operations unchanged to the review service, and returns its answers.

    The request keeps its signature and the signed host, so that the review service checks the caller itself: give both
    services the same keys. Without an address nothing is forwarded.
    """

    def __init__(self, app: ASGIApp, address: str, keys: Keys, client: Callable[[], httpx.AsyncClient]) -> None:
        self._app = app
        self._address = address
        self._keys = keys
        self._client = client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not self._address or not self._may_call(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        operation = request.headers.get("x-amz-target", "").removeprefix(_PREFIX)
        if request.url.path.startswith("/human-loops") or any(name in operation for name in _RESOURCES):
            await self._pass_on(request, None, send)
        elif operation in _TAG_OPERATIONS:
            await self._tags(request, send)
        else:
            await self._app(scope, receive, send)

    def _may_call(self, scope: Scope) -> bool:
        """Tell whether the head is of a known caller; the application refuses others before it reads a body."""
        try:
            check_head(read_head(scope), self._keys, _SIGNING_NAME, time.time())
        except ServiceError:
            return False
        return True

    async def _tags(self, request: Request, send: Send) -> None:
        """Tags belong to a review or a model, as the ARN in the body says."""
        body = await _read(request)
        if any(kind in _resource_arn(body) for kind in _REVIEW_ARNS):
            await self._pass_on(request, body, send)
            return

        async def replay() -> dict[str, object]:
            return {"type": "http.request", "body": body or b"", "more_body": False}

        await self._app(request.scope, replay, send)

    async def _pass_on(self, request: Request, body: bytes | None, send: Send) -> None:
        try:
            body = await _read(request) if body is None else body
        except ClientDisconnect:
            logger.info("the caller hung up")
            return
        response = await self._forward(request, body) if body is not None else _error("RequestEntityTooLarge", 413)
        await response(request.scope, request.receive, send)

    async def _forward(self, request: Request, body: bytes) -> Response:
        headers = [(name, value) for name, value in request.headers.raw if name.decode() not in _OF_THE_CONNECTION]
        path = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        url = f"{self._address}{path}" + (f"?{query}" if query else "")
        try:
            answer = await self._client().request(
                request.method, url, content=body, headers=headers, timeout=_SECONDS, follow_redirects=False
            )
        except httpx.HTTPError as error:
            logger.warning("the review service at %s does not answer: %s", self._address, error)
            return _error("ServiceUnavailable", 503, f"The review service at {self._address} does not answer.")
        kept = {name: text for name, text in answer.headers.items() if name not in _OF_THE_CONNECTION}
        return Response(answer.content, answer.status_code, kept)


async def _read(request: Request) -> bytes | None:
    """Read a body to its end, None if it is larger than any call may be."""
    parts: list[bytes] = []
    async for part in request.stream():
        parts.append(part)
        if sum(map(len, parts)) > _MAX_BODY:
            return None
    return b"".join(parts)


def _resource_arn(body: bytes | None) -> str:
    try:
        parameters = json.loads(body or b"{}")
    except ValueError:
        return ""
    return str(parameters.get("ResourceArn", "")) if isinstance(parameters, dict) else ""


def _error(code: str, status: int, message: str = "The request is too large.") -> Response:
    body = json.dumps({"__type": code, "message": message})
    headers = {"x-amzn-requestid": str(uuid4()), "x-amzn-errortype": code}
    return Response(body, status, headers, media_type="application/x-amz-json-1.1")
