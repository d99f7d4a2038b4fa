"""The task page: a shell of ours around a frame with the template."""

from __future__ import annotations

import logging
import math
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from services.review.errors import InvalidInput, TemplateFailed, UnknownJob
from services.review.humanloops import answering, claiming
from services.review.humanloops.starting import read_input
from services.review.portal import jobs, views
from services.review.portal.known_labels import known_labels
from services.review.portal.security.csp import page_headers
from services.review.render.environment import Rendered, render
from services.review.render.frame import SANDBOX, frame_page, frame_policy

if TYPE_CHECKING:
    from services.review.humanloops.claiming import HeldTask
    from services.review.portal.door import Visit
    from services.review.s3_locations import S3Location

logger = logging.getLogger(__name__)

# Signatures of version 4 last at most a week.
LONGEST_GRANT_SECONDS = 604_800


def show(visit: Visit) -> Response:
    """Show the shell: title, time left, decline, stop working, and the frame."""
    task = _held(visit)
    seconds_left = math.floor(task.seconds_left(visit.review.clock()))
    return views.page(visit, "task.html", task=task, seconds_left=seconds_left, sandbox=SANDBOX)


def frame(visit: Visit) -> Response:
    """Serve the rendered template under its own policy; nothing of the session reaches it."""
    task = _held(visit)
    try:
        rendered = _rendered(visit, task)
    except TemplateFailed as error:
        logger.warning("task not shown: %s", error, extra={"flow": task.flow_name, "human_loop": task.human_loop_name})
        return views.page(visit, "frame_failed.html")
    public_url = visit.review.settings.public_url
    return HTMLResponse(
        frame_page(rendered.html, public_url, visit.texts.language),
        headers=page_headers(frame_policy(public_url, rendered.granted)),
    )


def submit(visit: Visit) -> Response:
    """Take the answer; the reply says where to go next, and comes after the answer is on disk."""
    body = visit.json
    if not isinstance(body, dict):
        raise InvalidInput('the body must be JSON: {"answer": {...}, "seconds": 12.3}')
    receipt = visit.review.database.write(
        partial(
            answering.submit,
            claim_id=visit.path["task_id"],
            worker_id=visit.worker.worker_id,
            answer=body.get("answer"),
            seconds=body.get("seconds", 0.0),
            now=visit.review.clock(),
            labels=known_labels(visit, body.get("answer")),
        )
    )
    if receipt.refusal is not None:
        raise receipt.refusal
    visit.review.wake_outbox()
    logger.info("answer received", extra={"task": visit.path["task_id"], "worker": visit.worker.public_id})
    try:
        return JSONResponse({"next": jobs.next_place(visit, receipt.flow_name)})
    except UnknownJob:  # the flow was deleted, or the worker left its team, while he worked
        return JSONResponse({"next": "/portal/"})


def decline(visit: Visit) -> Response:
    """Give the task back for good and go on with the next one."""
    flow_name = _give_back(visit, declined=True)
    return RedirectResponse(jobs.next_place(visit, flow_name), 303)


def release(visit: Visit) -> Response:
    """Give the task back and stop working."""
    _give_back(visit, declined=False)
    return RedirectResponse("/portal/", 303)


def _give_back(visit: Visit, *, declined: bool) -> str:
    give_back = partial(
        claiming.give_back,
        claim_id=visit.path["task_id"],
        worker_id=visit.worker.worker_id,
        now=visit.review.clock(),
        declined=declined,
    )
    flow_name = visit.review.database.write(give_back)
    visit.review.wake_outbox()
    return flow_name


def _held(visit: Visit) -> HeldTask:
    look = partial(
        claiming.look_at,
        claim_id=visit.path["task_id"],
        worker_id=visit.worker.worker_id,
        now=visit.review.clock(),
    )
    return visit.review.database.read(look)


def _rendered(visit: Visit, task: HeldTask) -> Rendered:
    seconds = max(1, min(math.floor(task.seconds_left(visit.review.clock())), LONGEST_GRANT_SECONDS))

    def grant(location: S3Location) -> str:
        try:
            return visit.review.store.sign(location, seconds)
        except BotoCoreError as error:
            raise TemplateFailed(f"no access to {location.uri} can be granted: {error}") from error

    return render(task.template, read_input(task.input_content), grant)
