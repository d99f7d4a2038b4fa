"""The API as an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.awswire import ServiceError, create_asgi
from services.review.api import (
    flow_definitions,
    human_loops,
    human_task_uis,
    labeling_jobs,
    render,
    subscribed_workteams,
    tags,
    workforces,
    workteams,
)
from services.review.api.control_plane import operations as control_plane
from services.review.errors import DatabaseAway
from services.review.storage.database.availability import is_away

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from services.review.server.state import Review
    from services.review.server.under_test import UnderTest

# Importing these files fills the table they share.
RESOURCES = (
    flow_definitions,
    human_task_uis,
    labeling_jobs,
    render,
    subscribed_workteams,
    tags,
    workforces,
    workteams,
)
# StartHumanLoop takes 3,145,728 characters: each may be two escapes of a surrogate pair, 12 bytes, on the wire.
LARGEST_BODY = 12 * 3_145_728 + 2**16


def create_api(review: Review, test: UnderTest) -> ASGIApp:
    """Create the API."""
    assert all(resource.operations is control_plane for resource in RESOURCES), "one table for all resources"
    settings = review.settings
    return create_asgi(
        [human_loops.operations, control_plane],
        keys=settings.keys(),
        account=settings.account,
        state=review,
        clock=lambda: review.clock().timestamp(),
        max_body=LARGEST_BODY,
        body_seconds=settings.request_seconds,
        hook=test.calls(),
        translate=_translated,
    )


def _translated(error: Exception) -> ServiceError | None:
    return ServiceError("ServiceUnavailable", DatabaseAway().message, status=503) if is_away(error) else None
