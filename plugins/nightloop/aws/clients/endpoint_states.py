"""What the states of an endpoint mean: which pass by themselves, and what mends the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import EndpointBusyError, EndpointFailedError, EndpointNotServingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nightloop.aws.errors import NightloopError

SERVING: Final = {"InService", "Updating", "SystemUpdating", "RollingBack"}
UPDATABLE: Final = {"InService", "OutOfService", "UpdateRollbackFailed"}
_PASSING: Final = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}

_MENDS: Final = {
    "OutOfService": "Any update brings it back: start this loop's rollback_endpoint DAG, or clear the task promote of "
    "the training whose model shall be live.",
    "UpdateRollbackFailed": "It runs machines of two models. Any update makes it whole: start this loop's "
    "rollback_endpoint DAG, or clear the task promote of the training whose model shall be live.",
}


def require_updatable(endpoint: Mapping[str, Any]) -> None:
    """Do nothing if an endpoint can be updated now.

    :raises EndpointBusyError: if it is being changed: that passes by itself.
    :raises EndpointFailedError: if it is Failed: that never does.
    """
    if endpoint["EndpointStatus"] not in UPDATABLE:
        raise state_error(endpoint)


def require_settled(endpoint: Mapping[str, Any]) -> None:
    """Do nothing unless an endpoint is being changed.

    :raises EndpointBusyError: if it is: what it runs is known when that has passed.
    """
    if endpoint["EndpointStatus"] in _PASSING:
        raise state_error(endpoint)


def state_error(endpoint: Mapping[str, Any]) -> NightloopError:
    """Return the error that says what an endpoint's state means and what mends it.

    :param endpoint: DescribeEndpoint's answer.
    """
    name, status = endpoint["EndpointName"], endpoint["EndpointStatus"]
    reason = endpoint.get("FailureReason") or "SageMaker gives no reason"
    if status in _PASSING:
        pending = endpoint.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        towards = f", towards {pending}" if pending else ""
        return EndpointBusyError(f"Endpoint {name} is {status}{towards}. The task will try again later.")
    if status == "Failed":
        return EndpointFailedError(
            f"Endpoint {name} is Failed, and a failed endpoint stays so: {reason}. Mend what the reason names, delete "
            "the endpoint (DeleteEndpoint) and run this loop's bootstrap DAG; rollback_endpoint then puts any version "
            "that was live back."
        )
    mend = _MENDS.get(status, "Delete it, and run this loop's bootstrap DAG.")
    return EndpointNotServingError(f"Endpoint {name} is {status}: {reason}. {mend}")
