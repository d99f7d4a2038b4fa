"""Finds out whether a port is free, and which process has it if not."""

from __future__ import annotations

import socket

import psutil  # type: ignore[import-untyped]

from local.config.settings import HOST
from local.errors import PortTakenError


def is_free(port: int) -> bool:
    """Tell whether this machine could listen on a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def find_holder(port: int) -> str | None:
    """Describe the process that listens on a port; None if the system does not tell."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
        if listens and connection.pid:
            return _describe(connection.pid)
    return None


def require_free(ports: dict[str, int]) -> None:
    """Raise PortTakenError, which names every port that is taken, its holder and its variable."""
    sentences = [_sentence(variable, port) for variable, port in ports.items() if not is_free(port)]
    if sentences:
        raise PortTakenError("\n".join(sentences))


def _sentence(variable: str, port: int) -> str:
    holder = find_holder(port)
    by = f" by {holder}" if holder else ""
    return f"port {port} is taken{by}: stop that, or choose another port, as in {variable}={_next_free(port)}"


def _next_free(port: int) -> int:
    return next((other for other in range(port + 1, 65536) if is_free(other)), port)


def _describe(pid: int) -> str:
    try:
        command = " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return f"process {pid}"
    return f"process {pid} ({command[:100]})"
