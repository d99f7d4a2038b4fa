"""Waits until a part answers, and shows its last lines if it does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from local.errors import PartDiedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.stack.processes import Part, Processes

READY_SECONDS = 180.0
POLL_SECONDS = 0.2


def wait_until_ready(processes: Processes, part: Part, seconds: float = READY_SECONDS) -> None:
    """Return when a part answers at its address; else raise PartDiedError with its last lines."""
    url = part.health_url
    if url is None:
        return
    wait_until(lambda: answers(url), processes, part.name, f"answered at {url}", seconds)


def wait_until(
    ready: Callable[[], bool], processes: Processes, name: str, what: str, seconds: float = READY_SECONDS
) -> None:
    """Poll until `ready()`; `what` ends the sentence "... has not ..." of the error."""
    deadline = time.monotonic() + seconds
    while not ready():
        if processes.find(name) is None:
            raise PartDiedError(f"{name} ended while starting. {last_lines(processes.log(name))}")
        if time.monotonic() > deadline:
            raise PartDiedError(f"{name} has not {what} in {seconds:.0f} s. {last_lines(processes.log(name))}")
        time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Tell whether an address answers with anything but a server's error."""
    try:
        return httpx.get(url, timeout=5, follow_redirects=False).status_code < 500
    except httpx.HTTPError:
        return False


def last_lines(log: Path, count: int = 20) -> str:
    """Return where a log is and how it ends."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    if not lines:
        return f"It printed nothing ({log})."
    return "\n".join([f"The end of {log}:", *(f"  | {line}" for line in lines[-count:])])
