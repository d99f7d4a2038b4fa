"""What the tasks return that change what serves."""

from typing import TypedDict


class Promoted(TypedDict):
    """What `PromoteOperator` returns."""

    config: str
    """The endpoint configuration that was asked for."""


class VerifiedEndpoint(TypedDict):
    """What `VerifyEndpointOperator` returns."""

    config: str
    """The endpoint configuration that serves."""
    compared: int
    """How many images got the answer that was expected."""


class DeletedServing(TypedDict):
    """What `DeleteServingOperator` returns: how many of each were deleted."""

    endpoint: int
    endpoint_config: int
    model: int
    model_package: int
    alarm: int
