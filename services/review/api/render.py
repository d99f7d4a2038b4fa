"""Previewing a template with an input."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from services.awswire import Context, ServiceError
from services.review.api import human_task_uis
from services.review.api.control_plane import NOT_FOUND, operations
from services.review.api.errors import VALIDATION, as_service_errors
from services.review.errors import TemplateFailed
from services.review.humanloops.starting import read_input
from services.review.render.environment import render
from services.review.render.frame import frame_page
from services.review.render.report import report

if TYPE_CHECKING:
    from services.review.s3_locations import S3Location
    from services.review.state import Review

PREVIEW_SECONDS = 900


@operations.implements("RenderUiTemplate")
def render_ui_template(context: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Render a template as a worker would get it, and say what in it will not work."""
    review: Review = context.state
    template = _template(review, request)
    with as_service_errors():
        task_input = read_input(request["Task"]["Input"])

    def grant(location: S3Location) -> str:
        return review.store.sign(location, PREVIEW_SECONDS)

    try:
        rendered = render(template, task_input, grant)
    except TemplateFailed as error:
        return {"RenderedContent": "", "Errors": [{"Code": "TemplateRenderingError", "Message": error.message}]}
    errors = [{"Code": finding.code, "Message": finding.message} for finding in report(rendered.html)]
    return {"RenderedContent": frame_page(rendered.html, review.settings.public_url), "Errors": errors}


def _template(review: Review, request: dict[str, Any]) -> str:
    if ("UiTemplate" in request) == ("HumanTaskUiArn" in request):
        raise ServiceError(VALIDATION, "Give either UiTemplate or HumanTaskUiArn.")
    if "UiTemplate" in request:
        content: str = request["UiTemplate"]["Content"]
        return content
    arn = request["HumanTaskUiArn"]
    name = review.arns.name_in(arn, "human-task-ui")
    row = review.database.read(partial(human_task_uis.live, name=name))
    if row is None:
        raise ServiceError(NOT_FOUND, f"The human task UI {arn} does not exist.")
    return row.content
