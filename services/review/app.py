"""The whole wiring of the review service on one page."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from services.faults.routes import control_routes
from services.review.api.app import create_api
from services.review.api.template_urls import template_routes
from services.review.formats.arns import Arns
from services.review.humanloops import expiring
from services.review.metrics.endpoint import metrics_routes
from services.review.metrics.registry import Metrics
from services.review.outbox.wiring import Outbox
from services.review.people import sessions, sign_in_attempts
from services.review.portal.app import portal_routes
from services.review.render.markup.registry import ELEMENTS_FOLDER
from services.review.s3.store import S3Store
from services.review.server.background import Repeating
from services.review.server.health import health_routes
from services.review.server.request_log import RequestLog
from services.review.server.state import Review, utc_now
from services.review.server.under_test import UnderTest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.config.settings import Settings
    from services.review.storage.database.engine import Database

SWEEP_SECONDS = 1.0


def create_app(settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now) -> Starlette:
    """Create the service: the API at /, the portal at /portal/, the elements, and the background threads."""
    settings.signing_key()  # fails here, not at the first sign-in
    test = UnderTest.of(settings)
    clock = test.clock(clock)
    arns = Arns(settings.region, settings.account)
    store = S3Store(settings)
    metrics = Metrics(database, clock)
    outbox = Outbox(settings, database, store, arns=arns, clock=clock, metrics=metrics, faults=test.faults)
    sweep = Repeating("sweep", partial(_sweep, database, clock, outbox.wake), seconds=SWEEP_SECONDS)
    review = Review(settings, database, store, arns, clock, outbox.wake)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
        review.rendering.start()
        outbox.start()
        sweep.start()
        yield
        sweep.ask_to_stop()
        outbox.stop()
        sweep.stop()
        review.rendering.close()
        database.close()

    faults = control_routes(test.faults, settings.faults_token)
    routes = [
        *health_routes(),
        *faults,
        *metrics_routes(metrics, settings.metrics_token),
        *portal_routes(),
        *template_routes(),
        _elements(),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(RequestLog, metrics=metrics)], lifespan=lifespan)
    app.router.default = create_api(review, test)  # not a Mount, which matches no address with line ends
    app.state.review = review
    app.state.draining = threading.Event()
    app.state.all_serve = lambda: True  # one process that answers has started
    return app


def _elements() -> Mount:
    """Serve the elements: the frame of a task has an opaque origin, and modules are always fetched with CORS."""
    files = StaticFiles(directory=ELEMENTS_FOLDER, check_dir=False)
    return Mount("/elements", files, middleware=[Middleware(CORSMiddleware, allow_origins=["*"])])


def _sweep(database: Database, clock: Callable[[], datetime], wake_outbox: Callable[[], None]) -> bool:
    """Do what is due; return whether there is more."""
    now = clock()

    def work(session: Session) -> int:
        sign_in_attempts.forget_old(session, now)
        sessions.forget_old(session, now)
        return expiring.expire_due(session, now)

    done = database.write(work)
    if done:
        wake_outbox()
    return done >= expiring.BATCH
