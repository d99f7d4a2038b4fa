"""One rendering process, from the service's side."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.review.errors import InvalidInput, RenderingBusy, ReviewError, TemplateFailed
from services.review.formats.s3_locations import S3Location
from services.review.render.findings.report import Finding
from services.review.render.job import Done
from services.review.render.pool.wire import ConnectionOver, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.review.render.job import Job

# The clock in the process is a second shorter, and names the place; this one works without the process's help.
SECONDS = 5.0
START_SECONDS = 20.0
_ROOT = Path(__file__).parents[4]
_ERRORS: dict[str, type[ReviewError]] = {"TemplateFailed": TemplateFailed, "InvalidInput": InvalidInput}


class Renderer:
    """A process that does one job at a time; once it `is_over`, another has to take its place."""

    def __init__(self) -> None:
        here, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.review.render.pool.process", str(there.fileno())],
                # It must know nothing that a template could steal.
                env={"PYTHONPATH": str(_ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"},
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C is for the service
            )
        self._connection = here
        self._is_over = False
        self._has_started = False

    @property
    def is_over(self) -> bool:
        """Whether it can do no further job."""
        return self._is_over or self._process.poll() is not None

    def run(self, job: Job, grant: Callable[[S3Location], str]) -> Done:
        """Do a job; raises TemplateFailed, also for one that takes too long or too much memory, and InvalidInput.

        :raises RenderingBusy: if the process does not start.
        """
        self._await_start()
        end = time.monotonic() + SECONDS
        try:
            return self._converse(job, grant, end)
        except TimeoutError as error:
            self.end()
            raise TemplateFailed(f"the template takes longer than {SECONDS:g} seconds") from error
        except (ConnectionOver, OSError) as error:
            self.end()
            raise TemplateFailed("the template takes more time, memory or depth than a template may") from error
        except ReviewError:
            raise  # the template is at fault: the process is still good
        except BaseException:
            self.end()  # it would wait forever for the rest of the conversation
            raise

    def _await_start(self) -> None:
        """Wait until the process can start; a slow start on a busy machine is not the template's fault."""
        if self._has_started:
            return
        try:
            receive(self._connection, end=time.monotonic() + START_SECONDS)
        except (TimeoutError, ConnectionOver, OSError) as error:
            self.end()
            raise RenderingBusy from error
        self._has_started = True

    def end(self) -> None:
        """End the process, even in the middle of a job."""
        self._is_over = True
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def _converse(self, job: Job, grant: Callable[[S3Location], str], end: float) -> Done:
        head = asdict(job) | {"template": "", "input_content": None if job.input_content is None else ""}
        content = job.input_content or ""
        send(self._connection, {"job": head, "template": len(job.template)}, job.template + content, end=end)
        while True:
            head, page = receive(self._connection, end=end)
            if "grant" not in head:
                return self._done(head, page)
            send(self._connection, _granted(grant, S3Location(*head["grant"])), end=end)

    def _done(self, head: dict[str, Any], page: str) -> Done:
        reply = head["done"]
        if head["spent"] or reply.get("memory"):
            self.end()
        if reply.get("memory"):
            raise TemplateFailed("the template takes more memory than a template may")
        if "failed" in reply:
            raise _ERRORS[reply["failed"]](reply["message"])
        return Done(
            granted=tuple(reply["granted"]),
            page=page,
            policy=reply["policy"],
            findings=tuple(Finding(**finding) for finding in reply["findings"]),
            labels={name: frozenset(labels) for name, labels in reply["labels"].items()},
            digest=reply["digest"],
        )


def _granted(grant: Callable[[S3Location], str], location: S3Location) -> dict[str, str]:
    try:
        return {"address": grant(location)}
    except ReviewError as error:
        return {"refused": error.message}
