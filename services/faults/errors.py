"""What is wrong with an order for a fault."""


class FaultOrderError(ValueError):
    """An order cannot be carried out; the sentence names the member and what it may be."""
