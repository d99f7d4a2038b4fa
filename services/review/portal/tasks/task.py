"""The task page: our shell around a frame with the template."""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, RedirectResponse, Response

from services.review.errors import ClaimExpired, InvalidInput, UnknownJob
from services.review.humanloops import answering, claiming, drafts, showing
from services.review.portal.tasks import jobs
from services.review.portal.tasks.frame import frame_response
from services.review.portal.tasks.known_labels import known_labels
from services.review.portal.visits import responses
from services.review.render.frame.document import SANDBOX

if TYPE_CHECKING:
    from datetime import datetime

    from services.review.humanloops.claiming import HeldTask
    from services.review.portal.visits.visit import Visit

logger = logging.getLogger(__name__)

# The sentences that the page's script shows, by their keys in locale/*/task.json.
WORDS = (
    "frame_title",
    "submitting",
    "next_shown",
    "too_early",
    "unreachable",
    "strange",
    "too_large",
    "expired",
    "left_2_minutes",
    "left_30_seconds",
    "saving",
    "saved",
    "unsaved",
    "restored",
    "partly_restored",
)


def show(visit: Visit) -> Response:
    """Show the shell: title, time left, decline, stop working, and the frame."""
    task = _held(visit)
    if not task.is_shown:
        task = _note_shown(visit)
    words = {word: visit.texts(f"task.{word}", names="{names}") for word in WORDS}
    state = shell_state(task, visit.review.clock())
    return responses.page(
        visit, "task.html", task=task, state=state, seconds_left=state["left"], sandbox=SANDBOX, words=words
    )


def frame(visit: Visit) -> Response:
    """Serve the rendered template."""
    task = _held(visit)
    return frame_response(visit, task, task.seconds_left(visit.review.clock()))


def shell_state(task: HeldTask, now: datetime) -> dict[str, object]:
    """Return all that the page's script needs about a task; times and the server's clock are in milliseconds."""
    return {
        "id": task.id,
        "loop": task.human_loop_name,
        "job": task.flow_name,
        "title": task.title,
        "description": task.description,
        "now": round(now.timestamp() * 1000),
        "deadline": round(task.expires_at.timestamp() * 1000),
        "left": task.seconds_left(now),
        "shown": task.is_shown,
        "draft": None if task.draft is None else json.loads(task.draft),
        "seconds": task.draft_seconds,
    }


def note_shown(visit: Visit) -> Response:
    """Record that the worker has seen the page of a task; the reply says until when they hold it."""
    task = _note_shown(visit, _json(visit).get("seconds_ago", 0.0))
    return JSONResponse({"task": shell_state(task, visit.review.clock())})


def keep_draft(visit: Visit) -> Response:
    """Keep the answer so far; null drops it."""
    body = _json(visit)
    refusal = visit.review.database.write(
        partial(
            drafts.keep,
            claim_id=visit.path["task_id"],
            worker_id=visit.worker.worker_id,
            answer=body.get("answer"),
            seconds=body.get("seconds", 0.0),
            now=visit.review.clock(),
        )
    )
    if refusal is not None:
        raise refusal
    return JSONResponse({})


def submit(visit: Visit) -> Response:
    """Accept the answer; the reply is sent once the answer is on disk, and says where to go next."""
    body = _json(visit)
    receipt = visit.review.database.write(
        partial(
            answering.submit,
            claim_id=visit.path["task_id"],
            worker_id=visit.worker.worker_id,
            answer=body.get("answer"),
            seconds=body.get("seconds", 0.0),
            now=visit.review.clock(),
            labels=known_labels(visit, body.get("answer")),
            floor=_floor(visit),
        )
    )
    if receipt.refusal is not None:
        raise receipt.refusal
    visit.review.wake_outbox()
    logger.info("answer received", extra={"task": visit.path["task_id"], "worker": visit.worker.public_id})
    try:
        following = jobs.claim_next(visit, receipt.flow_name)
    except UnknownJob:  # the flow was deleted, or the worker left its team, while they worked
        return JSONResponse({"next": "/portal/", "task": None})
    state = shell_state(following, visit.review.clock()) if following else None
    return JSONResponse({"next": jobs.place_of(following, receipt.flow_name), "task": state})


def _floor(visit: Visit) -> float:
    otherwise = visit.review.settings.min_seconds
    return visit.review.database.read(partial(answering.floor_of, claim_id=visit.path["task_id"], otherwise=otherwise))


def decline(visit: Visit) -> Response:
    """Decline the task for good and go on with the next one."""
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


def _note_shown(visit: Visit, seconds_ago: object = 0.0) -> HeldTask:
    note = partial(
        showing.show,
        claim_id=visit.path["task_id"],
        worker_id=visit.worker.worker_id,
        seconds_ago=seconds_ago,
        now=visit.review.clock(),
    )
    task = visit.review.database.write(note)
    if isinstance(task, ClaimExpired):
        raise task
    return task


def _held(visit: Visit) -> HeldTask:
    look = partial(
        claiming.look_at,
        claim_id=visit.path["task_id"],
        worker_id=visit.worker.worker_id,
        now=visit.review.clock(),
    )
    return visit.review.database.read(look)


def _json(visit: Visit) -> dict[str, object]:
    if not isinstance(visit.json, dict):
        raise InvalidInput('the body must be a JSON object, such as {"answer": {...}, "seconds": 12.3}')
    return visit.json
