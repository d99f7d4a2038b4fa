"""Waits for an endpoint."""

from __future__ import annotations

from nightloop.aws.triggers.base import SageMakerTrigger


class EndpointTrigger(SageMakerTrigger):
    """Wait until an endpoint is neither being created nor updated; an update cannot be cancelled."""

    waiter = "endpoint_settled"
    name_parameter = "EndpointName"
    status_key = "EndpointStatus"
