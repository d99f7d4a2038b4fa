"""Faults on order, and histories of what was committed: for tests of a service's callers."""

from services.faults.errors import FaultOrderError
from services.faults.history import Effect, History
from services.faults.orders import Fault, Kind, Order
from services.faults.switchboard import EVENT_KINDS, S3_KINDS, WIRE_KINDS, Faults

__all__ = [
    "EVENT_KINDS",
    "S3_KINDS",
    "WIRE_KINDS",
    "Effect",
    "Fault",
    "FaultOrderError",
    "Faults",
    "History",
    "Kind",
    "Order",
]
