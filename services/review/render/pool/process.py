"""A rendering process: it has no secrets, little memory and few seconds, and its parent may end it at any time.

Started as `python -m services.review.render.pool.process FD`, with one end of a socket at that descriptor. It ends by
itself when the other end closes.
"""

from __future__ import annotations

import gc
import re
import resource
import socket
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.review.errors import InvalidInput, TemplateFailed
from services.review.render.frame.allowance import Allowance
from services.review.render.job import Job, run
from services.review.render.pool.wire import ConnectionOver, receive, send

if TYPE_CHECKING:
    from services.review.formats.s3_locations import S3Location

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 6
# A process seldom returns memory to the system, so one that took more than this is replaced.
KEPT_BYTES = 100 << 20
_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB", re.MULTILINE)


def main(descriptor: int) -> None:
    """Do one job after another."""
    connection = socket.socket(fileno=descriptor)
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # a large input is many new objects, and no cycles
    for limit, value in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        # A system without such a limit (macOS has no RLIMIT_AS) still has the service's clock.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    with suppress(ConnectionOver, ConnectionError):
        send(connection, {"ready": True})
        while True:
            _work(connection, *receive(connection))


def _work(connection: socket.socket, head: dict[str, Any], text: str) -> None:
    _bound_cpu()
    try:
        done = run(_job(head, text), lambda location: _granted(connection, location))
        reply, page = (
            asdict(done) | {"page": "", "labels": {name: sorted(of) for name, of in done.labels.items()}},
            done.page,
        )
    except (TemplateFailed, InvalidInput) as error:
        reply, page = {"failed": type(error).__name__, "message": error.message}, ""
    except MemoryError:
        reply, page = {"failed": "TemplateFailed", "message": "", "memory": True}, ""
    send(connection, {"done": reply, "spent": _peak_bytes() > KEPT_BYTES}, page)


def _job(head: dict[str, Any], text: str) -> Job:
    template, input_content = text[: head["template"]], text[head["template"] :]
    allowance = head["job"]["allowance"]
    values = head["job"] | {
        "template": template,
        "input_content": None if head["job"]["input_content"] is None else input_content,
        "s3": tuple(head["job"]["s3"]),
        "allowance": Allowance(**allowance | {"origins": tuple(allowance["origins"])}),
    }
    return Job(**values)


def _granted(connection: socket.socket, location: S3Location) -> str:
    """Ask the service, which has the keys, for an address."""
    send(connection, {"grant": [location.bucket, location.key]})
    head, _ = receive(connection)
    if "refused" in head:
        raise TemplateFailed(head["refused"])
    address: str = head["address"]
    return address


def _bound_cpu() -> None:
    """End this job after its seconds even if no parent is left to end it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = int(usage.ru_utime + usage.ru_stime) + 1 + CPU_SECONDS
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))


def _peak_bytes() -> int:
    """Return the most memory the process had; Linux's own figure, since getrusage includes that of its parent."""
    try:
        found = _PEAK.search(Path("/proc/self/status").read_text(encoding="ascii", errors="replace"))
    except OSError:
        found = None
    if found:
        return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
