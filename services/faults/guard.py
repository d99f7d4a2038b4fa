"""Decides whether a process may accept orders for faults: never by accident, never where others can reach it."""

from __future__ import annotations

import ipaddress

SHORTEST_TOKEN = 16
WARNING = "FAULTS CAN BE ORDERED at /_faults: this service is under test and must not be used in production"


def refusal(token: str, *hosts: str) -> str | None:
    """Return why faults may not be switched on for a service at these hosts; None if they may.

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
    """Tell whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
