"""The control page for a Starlette application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from services.faults.control import PATH, respond

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from services.faults.switchboard import Faults


def control_routes(faults: Faults | None, token: str) -> list[Route]:
    """Make the control page; none without faults."""
    if faults is None:
        return []

    async def control(request: Request) -> Response:
        authorization = request.headers.get("authorization", "")
        status, document = respond(faults, token, request.method, authorization, await request.body())
        return JSONResponse(document, status)

    return [Route(PATH, control, methods=["GET", "POST", "DELETE"])]
