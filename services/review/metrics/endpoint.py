"""The address that Prometheus reads; it is closed unless the operator has set a token."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from services.review.metrics.registry import Metrics


def metrics_routes(metrics: Metrics, token: str) -> list[BaseRoute]:
    """List the address; without a token it serves no metrics.

    The names of flows are not public, and behind a proxy on the same machine all callers look local.
    """

    async def show(request: Request) -> Response:
        if not token:
            return PlainTextResponse("no metrics here: NIGHTLOOP_REVIEW_METRICS_TOKEN is not set\n", status_code=404)
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            refusal = "send the metrics token as `Authorization: Bearer <token>`\n"
            return PlainTextResponse(refusal, status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(await run_in_threadpool(metrics.exposition), media_type=CONTENT_TYPE_LATEST)

    return [Route("/metrics", show, methods=["GET"])]
