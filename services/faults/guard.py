"""Whether a process may take orders for faults at all: never by accident, never where others can reach it."""

from __future__ import annotations

import ipaddress

SHORTEST_TOKEN = 16
WARNING = "FAULTS CAN BE ORDERED at /_faults: this service is under test and must not be used in earnest"


def refusal(token: str, *hosts: str) -> str | None:
    """Say why faults may not be switched on for a service that is reached at these hosts; None if they may.

    An empty token leaves them off.
    """
    if not token:
        return None
    if len(token) < SHORTEST_TOKEN:
        return f"must be a random text of at least {SHORTEST_TOKEN} characters, or be left out"
    open_hosts = [host for host in hosts if not is_loopback(host)]
    if open_hosts:
        return f"is for tests on one machine: with it the service must be on loopback, not at {open_hosts[0]!r}"
    return None


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
