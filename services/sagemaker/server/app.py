import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from services.awswire import Dropped, ServiceError, create_asgi
from services.faults import History
from services.faults.calls import CallsUnderTest
from services.faults.guard import WARNING
from services.faults.routes import control_routes
from services.sagemaker.api import (  # noqa: F401 - each registers its operations
    async_invocations,
    endpoint_configs,
    endpoints,
    invocations,
    model_package_groups,
    model_packages,
    models,
    tags,
    training_jobs,
    transform_jobs,
)
from services.sagemaker.api.operations import control, runtime
from services.sagemaker.lifecycle.service import Service
from services.sagemaker.server.review_forwarding import ReviewForwarding
from services.sagemaker.server.training_log_page import page_routes

logger = logging.getLogger(__name__)

MAX_WIRE_BYTES = 7 * 2**20  # more than InvokeEndpoint accepts, so that its own limit answers


def create_app(service: Service) -> Starlette:
    """Wire the service: the two AWS services on one address, and two pages for people who watch it."""
    settings = service.settings
    if service.faults:
        logger.warning(WARNING)
    wire = create_asgi(
        [control, runtime],
        keys=settings.access_keys,
        account=settings.account,
        state=service,
        max_body=MAX_WIRE_BYTES,
        hook=CallsUnderTest(
            service.faults,
            History(settings.history) if settings.history else None,
            refuse=ServiceError,
            drop=Dropped,
        ),
    )
    operations = ReviewForwarding(wire, settings.review_endpoint_url, settings.access_keys, lambda: service.http)

    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            Route("/readyz", _healthy),
            *control_routes(service.faults, settings.faults_token),
            *page_routes(service),
            Mount("/", operations),
        ],
        lifespan=partial(_running, service),
    )


@asynccontextmanager
async def _running(service: Service, _app: Starlette) -> AsyncIterator[None]:
    # As many connections as invocations: routing, not the pool, decides who waits. Idle ones are closed sooner than
    # servers usually close them (5 s), which would lose a request that is being sent.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=2.0)
    async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as service.http:  # noqa: S113 - see invocations.py
        await run_in_threadpool(service.start)
        try:
            yield
        finally:
            await run_in_threadpool(service.stop)


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("ok\n")
