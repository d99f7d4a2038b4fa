"""Previewing a template with an input."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from services.awswire import Context, ServiceError
from services.review.api import human_task_uis
from services.review.api.control_plane import NOT_FOUND, operations
from services.review.api.errors import THROTTLED, VALIDATION, as_service_errors
from services.review.errors import RenderingBusy, TemplateFailed

if TYPE_CHECKING:
    from services.review.server.state import Review

_FAILED = "TemplateRenderingError"


@operations.implements("RenderUiTemplate")
def render_ui_template(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Render a template as a worker would get it, and report what in it will not work."""
    review: Review = context.state
    template, name = _template(review, request)
    try:
        with as_service_errors({RenderingBusy: THROTTLED, TemplateFailed: _FAILED}):
            done = review.rendering.preview(template, name, request["Task"]["Input"], caller=context.access_key)
    except ServiceError as error:
        if error.code != _FAILED:
            raise
        return {"RenderedContent": "", "Errors": [{"Code": _FAILED, "Message": error.message}]}
    errors = [{"Code": finding.code, "Message": finding.message} for finding in done.findings]
    return {"RenderedContent": done.page, "Errors": errors}


def _template(review: Review, request: dict[str, Any]) -> tuple[str, str]:
    if ("UiTemplate" in request) == ("HumanTaskUiArn" in request):
        raise ServiceError(VALIDATION, "Give either UiTemplate or HumanTaskUiArn.")
    if "UiTemplate" in request:
        return request["UiTemplate"]["Content"], ""
    arn = request["HumanTaskUiArn"]
    name = review.arns.name_in(arn, "human-task-ui")
    row = review.database.read(partial(human_task_uis.live, name=name))
    if row is None:
        raise ServiceError(NOT_FOUND, f"The human task UI {arn} does not exist.")
    return row.content, row.name
