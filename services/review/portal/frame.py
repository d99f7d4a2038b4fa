"""The template of a task, rendered, as the document of its frame."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError
from starlette.responses import HTMLResponse, Response

from services.review.errors import TemplateFailed
from services.review.humanloops.starting import read_input
from services.review.portal import views
from services.review.portal.security.csp import page_headers
from services.review.render.ahead import page_ahead
from services.review.render.environment import Rendered, render
from services.review.render.frame import frame_page, frame_policy

if TYPE_CHECKING:
    from services.review.portal.door import Visit
    from services.review.s3_locations import S3Location

logger = logging.getLogger(__name__)

# Signatures of version 4 last at most a week.
LONGEST_GRANT_SECONDS = 604_800


class Renderable(Protocol):
    """A template and what it is rendered with."""

    @property
    def flow_name(self) -> str:
        """The job."""

    @property
    def human_loop_name(self) -> str:
        """The task's loop."""

    @property
    def input_content(self) -> str:
        """The loop's input, JSON."""

    @property
    def template(self) -> str:
        """The template, Liquid."""


def frame_response(visit: Visit, task: Renderable, seconds: float, *, ahead: bool = False) -> Response:
    """Serve a rendered template under its own policy; nothing of the session reaches it.

    What it was granted stays reachable for `seconds`, and never longer than the task lasts. `ahead` of its time it only
    gets ready, and runs when the page around shows it.
    """
    try:
        rendered = _rendered(visit, task, max(1, min(math.floor(seconds), LONGEST_GRANT_SECONDS)))
    except TemplateFailed as error:
        logger.warning("task not shown: %s", error, extra={"flow": task.flow_name, "human_loop": task.human_loop_name})
        return views.page(visit, "frame_failed.html")
    public_url = visit.review.settings.public_url
    page = frame_page(rendered.html, public_url, visit.texts.language)
    return HTMLResponse(
        page_ahead(page, public_url) if ahead else page,
        headers=page_headers(frame_policy(public_url, rendered.granted)),
    )


def _rendered(visit: Visit, task: Renderable, seconds: int) -> Rendered:
    def grant(location: S3Location) -> str:
        try:
            return visit.review.store.sign(location, seconds)
        except BotoCoreError as error:
            raise TemplateFailed(f"no access to {location.uri} can be granted: {error}") from error

    return render(task.template, read_input(task.input_content), grant)
