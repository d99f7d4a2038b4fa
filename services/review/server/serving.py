"""The server: uvicorn, and how it ends."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from services.review.server.connections import impatient_protocol
from services.review.server.processes import Processes

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from starlette.applications import Starlette

    from services.review.config.settings import Settings
    from services.review.server.processes import Membership

logger = logging.getLogger(__name__)

GRACEFUL_SECONDS = 20
# Longer than a proxy or a browser leaves a connection unused: the side that would use it next should close it.
KEEP_ALIVE_SECONDS = 75


class Server(uvicorn.Server):
    """A server that reports on /readyz that it will stop, serves for a while, finishes open requests, and stops."""

    def __init__(
        self,
        config: uvicorn.Config,
        draining: threading.Event,
        drain_seconds: float,
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._draining = draining
        self._drain_seconds = drain_seconds
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so once connections are accepted."""
        await super().startup(sockets)
        self._on_start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle a signal: the first starts draining; a second one, or Ctrl+C, ends the draining at once."""
        first = not self._draining.is_set()
        self._draining.set()
        if first and sig == signal.SIGTERM and self._drain_seconds > 0:
            timer = threading.Timer(self._drain_seconds, super().handle_exit, (sig, frame))
            timer.daemon = True
            timer.start()
        else:
            super().handle_exit(sig, frame)


def serve(app: Starlette, settings: Settings) -> None:
    """Serve until a signal comes; SIGTERM ends the process with status 0."""
    _run(Server(_config(app, settings), app.state.draining, settings.drain_seconds))


def serve_in_processes(make_app: Callable[[], Starlette], settings: Settings) -> None:
    """Serve in several processes, each with an app of its own, until a signal comes; end with their status."""
    # What is wrong in the settings fails here, once. What an app reads, all processes have then read.
    listener = _config(make_app(), settings).bind_socket()

    def work(membership: Membership) -> None:
        app = make_app()
        app.state.all_serve = membership.all_serve
        server = Server(_config(app, settings), app.state.draining, settings.drain_seconds, membership.note_serving)
        _run(server, [listener])

    # An open copy of the socket would keep new callers waiting for an answer that nobody gives.
    sys.exit(Processes(settings.processes, work).run(stop_accepting=listener.close))


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    proxies = os.environ.get("FORWARDED_ALLOW_IPS", "")
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        http=impatient_protocol(settings.request_seconds),
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        limit_concurrency=settings.max_connections,
        # By default uvicorn trusts every caller on this machine, and any of them could claim any address.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )


def _run(server: Server, sockets: list[socket.socket] | None = None) -> None:
    _collect_seldom()
    # uvicorn finishes open requests and then raises the signal again, which this handler receives.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt):
        server.run(sockets)
    if not server.started:
        sys.exit(1)  # the log says why


def _collect_seldom() -> None:
    """Let Python look for unused cycles only after many new objects.

    With Python's own thresholds, one large JSON text makes it look at all objects again and again while no other thread
    runs. Objects made at the start stay forever, so it need not look at them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
