"""Labeling jobs of Ground Truth: teams of this service work on human loops only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from services.awswire import Context, ServiceError
from services.review.api import workteams
from services.review.api.control_plane import NOT_FOUND, operations
from services.review.api.errors import as_service_errors
from services.review.api.pages import only_page

if TYPE_CHECKING:
    from services.review.server.state import Review


@operations.implements("ListLabelingJobsForWorkteam")
def list_labeling_jobs_for_workteam(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """List no jobs for a team that exists."""
    review: Review = context.state
    with as_service_errors():
        only_page(request)
    arn = request["WorkteamArn"]
    name = review.arns.name_in(arn, workteams.PRIVATE)
    if review.database.read(partial(workteams.live, name=name)) is None:
        raise ServiceError(NOT_FOUND, f"The work team {arn} does not exist")
    return {"LabelingJobSummaryList": []}
