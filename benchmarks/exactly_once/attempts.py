"""One try of a step, in a process of its own that may be killed at any moment."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLL_SECONDS = 0.002
LONGEST_TRY_SECONDS = 60.0


@dataclass(frozen=True)
class Ended:
    """How a try ended: `killed`, or its `value`, or the name of the error it raised."""

    seconds: float
    killed: bool = False
    value: Any = None
    error: str = ""

    @property
    def done(self) -> bool:
        return not self.killed and not self.error


def attempt(step: Callable[[], Any], log: Path, time_is_up: Callable[[float], bool]) -> Ended:
    """Fork, run a step in the child, and kill the child with SIGKILL as soon as its time is up.

    The parent has imported Airflow once and has no threads, so that a child is a task's process without the seconds of
    its start. `time_is_up` is asked again and again, with the seconds since the child's birth.
    """
    reader, writer = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_a_task(step, log, writer)
    os.close(writer)
    try:
        return _watch(child, reader, begun, time_is_up)
    finally:
        os.close(reader)


def _be_a_task(step: Callable[[], Any], log: Path, writer: int) -> None:
    """Run a step, report over the pipe, and leave without any of the parent's last rites."""
    status = 1
    try:
        told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(told, sys.stdout.fileno())
        os.dup2(told, sys.stderr.fileno())
        report = _report(step)
        view = memoryview(json.dumps(report).encode())
        while view:
            view = view[os.write(writer, view) :]
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _report(step: Callable[[], Any]) -> dict[str, Any]:
    from nightloop.aws.errors import TransientError

    try:
        return {"value": step()}
    except TransientError as error:
        return {"error": type(error).__name__}
    except Exception:  # noqa: BLE001 - whatever it is, the campaign has to hear of it
        traceback.print_exc()
        return {"error": f"not to be tried again: {traceback.format_exc(limit=-1).splitlines()[-1][:300]}"}


def _watch(child: int, reader: int, begun: float, time_is_up: Callable[[float], bool]) -> Ended:
    report = b""
    while True:
        seconds = time.monotonic() - begun
        if time_is_up(seconds) or seconds > LONGEST_TRY_SECONDS:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status):
                return Ended(seconds, killed=True)
            return _ended(report + _rest(reader), seconds)
        if select.select([reader], [], [], POLL_SECONDS)[0]:
            part = os.read(reader, 65536)
            if not part:
                os.waitpid(child, 0)
                return _ended(report, time.monotonic() - begun)
            report += part


def _rest(reader: int) -> bytes:
    parts = []
    while part := os.read(reader, 65536):
        parts.append(part)
    return b"".join(parts)


def _ended(report: bytes, seconds: float) -> Ended:
    if not report:
        return Ended(seconds, error="the process ended without a word")
    return Ended(seconds, **json.loads(report))
