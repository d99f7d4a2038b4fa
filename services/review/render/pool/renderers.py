"""The rendering processes of a service."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from services.review.errors import TemplateFailed
from services.review.render.pool.fair_queue import Places
from services.review.render.pool.renderer import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.review.formats.s3_locations import S3Location
    from services.review.render.job import Done, Job

logger = logging.getLogger(__name__)


class Renderers:
    """Does jobs in processes that are kept ready; one that had to be ended is replaced at once.

    `caller` says for whom a job is, so that jobs of others need not wait for all jobs of one caller.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._places = Places(count)
        self._lock = threading.Lock()
        self._idle: deque[Renderer] = deque()
        self._is_closed = False

    def start(self) -> None:
        """Start all processes before the first job needs one."""
        with self._lock:
            self._idle.extend(Renderer() for _ in range(self._count - len(self._idle)))

    def run(self, job: Job, grant: Callable[[S3Location], str], *, caller: str, most_waiting: int) -> Done:
        """Do a job, with at most four seconds of waiting and five of work.

        :raises TemplateFailed: if the template fails.
        :raises InvalidInput: if the input is not a JSON object.
        :raises RenderingBusy: if too many jobs are before it, or more than `most_waiting` of the same caller.
        """
        with self._places.one(caller, most_waiting):
            renderer = self._take()
            try:
                return renderer.run(job, grant)
            except TemplateFailed as error:
                if renderer.is_over:
                    logger.warning("a rendering process was ended: %s", error.message, extra={"caller": caller})
                raise
            finally:
                self._put_back(renderer)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            self._is_closed = True
            for renderer in self._idle:
                renderer.end()
            self._idle.clear()

    def _take(self) -> Renderer:
        with self._lock:
            renderer = self._idle.popleft() if self._idle else Renderer()
        if not renderer.is_over:
            return renderer
        renderer.end()  # the system ended it while it was idle
        return Renderer()

    def _put_back(self, renderer: Renderer) -> None:
        if renderer.is_over:
            renderer = Renderer()
        with self._lock:
            if self._is_closed:
                renderer.end()
            else:
                self._idle.append(renderer)
