"""Processor time of servers: of the process that listens on a port, and of all it has started."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping


class ProcessorClock:
    """Reads how many seconds of processor time servers have used, by name.

    :param urls: Where each server listens, on this machine.
    """

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._servers = {name: _server_at(url) for name, url in urls.items()}

    def seconds(self) -> dict[str, float]:
        """Return the seconds so far of each server; ended processes are included once their parent has noticed."""
        return {name: family_seconds(server) for name, server in self._servers.items()}


def family_seconds(process: psutil.Process) -> float:
    """Return the seconds of processor time that a process and all it has started have used."""
    return sum(map(_seconds, [process, *process.children(recursive=True)]))


def _server_at(url: str) -> psutil.Process:
    port = urlsplit(url).port
    listening = {
        one.pid
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid is not None
    }
    server = psutil.Process(min(listening))
    # A child that its server has forked holds the socket too, and has its command line.
    while (parent := server.parent()) is not None and parent.cmdline() == server.cmdline():
        server = parent
    return server


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0  # it ended just now: its parent has its time
    return float(times.user + times.system + times.children_user + times.children_system)
