"""Probes: whether the process lives, and whether it can serve."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from services.review.errors import DatabaseNotReady
from services.review.storage.database import schema
from services.review.storage.database.disk_space import check_room

if TYPE_CHECKING:
    from starlette.requests import Request

logger = logging.getLogger(__name__)


def health_routes() -> list[BaseRoute]:
    """List the addresses for probes."""
    return [Route("/healthz", healthz, methods=["GET"]), Route("/readyz", readyz, methods=["GET"])]


async def healthz(request: Request) -> JSONResponse:  # noqa: ARG001
    """Answer that the process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    """Answer whether the database has the needed schema and free space, all processes serve, and none stops."""
    if request.app.state.draining.is_set():
        return JSONResponse({"status": "not ready", "reason": "the service is stopping"}, status_code=503)
    if not request.app.state.all_serve():
        return JSONResponse({"status": "not ready", "reason": "not all processes have started"}, status_code=503)
    try:
        database = request.app.state.review.database
        await run_in_threadpool(partial(schema.check, database, may_be_newer=True))
        await run_in_threadpool(check_room, database)
    except DatabaseNotReady as error:
        return JSONResponse({"status": "not ready", "reason": error.message}, status_code=503)
    except SQLAlchemyError as error:
        logger.warning("database not reachable: %s", type(error).__name__)
        return JSONResponse({"status": "not ready", "reason": "the database cannot be reached"}, status_code=503)
    return JSONResponse({"status": "ready"})
