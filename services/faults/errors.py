"""Errors of an order for a fault."""


class FaultOrderError(ValueError):
    """An order cannot be carried out; the message names the member and what it may be."""
