"""The one private workforce, and the addresses its workers may come from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from services.review.errors import AddressNotAllowed, InvalidInput
from services.review.storage.tables import Workforce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

ONLY_ID = 1
MAX_CIDRS = 10


def workforce(session: Session) -> Workforce | None:
    """Find the workforce; None after it was deleted."""
    return session.get(Workforce, ONLY_ID)


def check_cidrs(cidrs: Sequence[str]) -> None:
    """Raise InvalidInput unless these are at most ten ranges of addresses."""
    if len(cidrs) > MAX_CIDRS:
        raise InvalidInput(f"SourceIpConfig has {len(cidrs)} Cidrs; at most {MAX_CIDRS} are allowed")
    for cidr in cidrs:
        try:
            ip_network(cidr, strict=False)
        except ValueError as error:
            raise InvalidInput(f"{cidr!r} is not a range of addresses such as 10.0.0.0/16: {error}") from error


def check_address(session: Session, address: str) -> None:
    """Raise AddressNotAllowed for a worker from outside the workforce's ranges; without ranges all may come."""
    found = workforce(session)
    if found is not None and found.source_ip_cidrs and not is_inside(address, found.source_ip_cidrs):
        raise AddressNotAllowed(address=address or "?")


def is_inside(address: str, cidrs: Sequence[str]) -> bool:
    """Tell whether an address is in one of the ranges; a text that is no address is in none."""
    try:
        place = ip_address(address)
    except ValueError:
        return False
    if isinstance(place, IPv6Address) and place.ipv4_mapped is not None:
        place = place.ipv4_mapped  # how a server that listens on IPv6 sees an IPv4 caller
    return any(place in ip_network(cidr, strict=False) for cidr in cidrs)
