"""The process: a threaded HTTP server on one address, stopped by a signal."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from services.aws.emulator.alarms import AlarmClock
from services.aws.emulator.queues import make_queues
from services.aws.server.durable_application import DurableApplication
from services.aws.server.under_test import ApplicationUnderTest
from services.aws.storage.files import hold_folder
from services.faults import S3_KINDS, Faults, History
from services.faults.guard import WARNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    from services.aws.config.settings import Settings

log = logging.getLogger(__name__)


def _application(settings: Settings) -> Callable[..., Iterable[bytes]]:
    application = DurableApplication(settings.state)
    if not settings.faults_token and settings.history is None:
        return application
    faults = Faults(S3_KINDS) if settings.faults_token else None
    if faults:
        log.warning(WARNING)
    history = History(settings.history) if settings.history else None
    return ApplicationUnderTest(application, faults, settings.faults_token, history)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises StateInUseError, DamagedRecordError, or OSError when the port is taken."""
    hold_folder(settings.state)
    application = _application(settings)
    make_queues(settings.queues, settings.region)
    alarms = AlarmClock()
    # Werkzeug's line for every request would hide what matters.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(settings.host, settings.port, application, threaded=True, request_handler=MotoRequestHandler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        # From another thread: shutdown waits for the loop that this thread runs.
        threading.Thread(target=server.shutdown, name="stop").start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"aws: listening on http://{settings.host}:{server.port}, objects in {settings.state}", flush=True)
    alarms.start()
    server.serve_forever()
    alarms.stop()
    server.server_close()
