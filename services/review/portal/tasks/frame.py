"""The template of a task, rendered, as the document of its frame."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Protocol

from starlette.responses import HTMLResponse, Response

from services.review.errors import RenderingBusy, TemplateFailed
from services.review.portal.security.csp import page_headers
from services.review.portal.visits import responses
from services.review.render.frame.preloaded_page import page_ahead

if TYPE_CHECKING:
    from services.review.portal.visits.visit import Visit

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
        """The task's review."""

    @property
    def input_content(self) -> str:
        """The review's input, JSON."""

    @property
    def template(self) -> str:
        """The template, Liquid."""

    @property
    def template_name(self) -> str:
        """The human task UI."""


def frame_response(visit: Visit, task: Renderable, seconds: float, *, ahead: bool = False) -> Response:
    """Serve a rendered template under its own policy; nothing of the session reaches it.

    Its granted addresses stay reachable for `seconds`, and never longer than the task lasts. With `ahead` it is only
    prepared, and runs when the page around shows it.
    """
    try:
        done = visit.review.rendering.page(
            task.template,
            task.template_name,
            task.input_content,
            flow=task.flow_name,
            language=visit.texts.language,
            seconds=max(1, min(math.floor(seconds), LONGEST_GRANT_SECONDS)),
        )
    except TemplateFailed as error:
        logger.warning("task not shown: %s", error, extra={"flow": task.flow_name, "human_loop": task.human_loop_name})
        return responses.page(visit, "frame_failed.html", message=visit.texts("task.failed"))
    except RenderingBusy as error:
        return responses.page(visit, "frame_failed.html", status=error.status, message=visit.texts("task.busy"))
    page = page_ahead(done.page, visit.review.settings.public_url) if ahead else done.page
    return HTMLResponse(page, headers=page_headers(done.policy))
