"""What the states of an endpoint mean: which pass by themselves, and how to fix the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import EndpointBusyError, EndpointFailedError, EndpointNotServingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nightloop.aws.errors import NightloopError

SERVING: Final = {"InService", "Updating", "SystemUpdating", "RollingBack"}
UPDATABLE: Final = {"InService", "OutOfService", "UpdateRollbackFailed"}
_PASSING: Final = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}

_FIXES: Final = {
    "OutOfService": "Any update brings it back: start this loop's rollback_endpoint DAG, or clear the task promote of "
    "the training whose model should be live.",
    "UpdateRollbackFailed": "It runs machines of two models. Any update repairs it: start this loop's "
    "rollback_endpoint DAG, or clear the task promote of the training whose model should be live.",
}


def require_updatable(endpoint: Mapping[str, Any]) -> None:
    """Do nothing if an endpoint can be updated now.

    :raises EndpointBusyError: if it is being changed, which passes by itself.
    :raises EndpointFailedError: if it is Failed, which never passes.
    """
    if endpoint["EndpointStatus"] not in UPDATABLE:
        raise state_error(endpoint)


def require_settled(endpoint: Mapping[str, Any]) -> None:
    """Do nothing unless an endpoint is being changed.

    :raises EndpointBusyError: if it is being changed: only afterwards is it known what it runs.
    """
    if endpoint["EndpointStatus"] in _PASSING:
        raise state_error(endpoint)


def state_error(endpoint: Mapping[str, Any]) -> NightloopError:
    """Return the error that says what an endpoint's state means and how to fix it.

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
            f"Endpoint {name} is Failed, and a failed endpoint stays failed: {reason}. Fix what the reason names, "
            "delete the endpoint (DeleteEndpoint) and run this loop's bootstrap DAG; then bring back any version that "
            "was live with rollback_endpoint."
        )
    fix = _FIXES.get(status, "Delete it, and run this loop's bootstrap DAG.")
    return EndpointNotServingError(f"Endpoint {name} is {status}: {reason}. {fix}")
