"""One review: everything about it, stopping it, returning its tasks."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from services.review.humanloops import confirming, recalling, stopping
from services.review.portal.admin.pages import admin_page
from services.review.portal.admin.pictures import drawn_answers
from services.review.portal.security.csp import page_headers
from services.review.reports.inspecting import inspect_loop

if TYPE_CHECKING:
    from starlette.responses import Response

    from services.review.portal.visits.visit import Visit

logger = logging.getLogger(__name__)


def show(visit: Visit) -> Response:
    """Show a review: its input, who had it, the answers, the late ones, and how it ended."""
    loop = visit.review.database.read(partial(inspect_loop, name=visit.path["loop"]))
    drawn = drawn_answers(visit.review, loop)
    response = admin_page(visit, "loop.html", human_loop=loop, drawn=drawn)
    response.headers.update(page_headers(drawn.policy))
    return response


def stop(visit: Visit) -> Response:
    """Stop a review, as StopHumanLoop does; people who work on it may finish."""
    name = visit.path["loop"]
    visit.review.database.write(partial(stopping.stop, name=name, now=visit.review.clock()))
    visit.review.wake_outbox()
    logger.info("loop stopped", extra={"human_loop": name, "by": visit.worker.public_id})
    return RedirectResponse(f"/portal/admin/loops/{name}", 303)


def confirm_answer(visit: Visit) -> Response:
    """Let an answer count that was given too fast."""
    claim, by = visit.path["claim"], visit.worker.public_id
    confirm = partial(confirming.confirm, claim_id=claim, by=by, now=visit.review.clock())
    name = visit.review.database.write(confirm)
    visit.review.wake_outbox()
    logger.info("answer confirmed", extra={"task": claim, "human_loop": name, "by": by})
    return RedirectResponse(f"/portal/admin/loops/{name}", 303)


def return_task(visit: Visit) -> Response:
    """Take a task back from a worker and return it to the queue."""
    claim = visit.path["claim"]
    name = visit.review.database.write(partial(recalling.recall, claim_id=claim, now=visit.review.clock()))
    visit.review.wake_outbox()
    logger.info("task returned", extra={"task": claim, "human_loop": name, "by": visit.worker.public_id})
    return RedirectResponse(f"/portal/admin/loops/{name}", 303)
