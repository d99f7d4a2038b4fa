"""The one private workforce: the workers of this service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.awswire import Context, ServiceError
from services.review.api.control_plane import operations
from services.review.api.errors import VALIDATION

if TYPE_CHECKING:
    from services.review.state import Review

WORKFORCE_NAME = "default"


@operations.implements("DescribeWorkforce")
def describe_workforce(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Describe the workforce."""
    require_workforce(request["WorkforceName"])
    return {"Workforce": _described(context.state)}


@operations.implements("ListWorkforces")
def list_workforces(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List the workforce."""
    wanted = request.get("NameContains", "") in WORKFORCE_NAME
    return {"Workforces": [_described(context.state)] if wanted else []}


def require_workforce(name: str) -> None:
    """Raise a ValidationException for any other name than the workforce's own."""
    if name != WORKFORCE_NAME:
        raise ServiceError(
            VALIDATION, f"No workforce found with name {name}; the private workforce is {WORKFORCE_NAME}."
        )


def _described(review: Review) -> dict[str, Any]:
    return {
        "WorkforceName": WORKFORCE_NAME,
        "WorkforceArn": review.arns.workforce(WORKFORCE_NAME),
        "SubDomain": review.settings.sub_domain,
        "Status": "Active",
    }
