"""Vendors' teams of the AWS Marketplace: this service has none and reports that."""

from __future__ import annotations

from typing import Any

from services.awswire import Context, ServiceError
from services.review.api.control_plane import operations
from services.review.api.errors import VALIDATION, as_service_errors
from services.review.api.pages import only_page


@operations.implements("ListSubscribedWorkteams")
def list_subscribed_workteams(context: Context, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """List no teams: nobody can subscribe to one here."""
    with as_service_errors():
        only_page(request)
    return {"SubscribedWorkteams": []}


@operations.implements("DescribeSubscribedWorkteam")
def describe_subscribed_workteam(context: Context, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Find no team."""
    raise ServiceError(
        VALIDATION,
        f"The specified Workteam '{request['WorkteamArn']}' does not exist or you do not have access to it. This "
        "service has private teams only.",
    )
