"""The page of the next task, prepared in the worker's browser while they work on the one before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from services.review.errors import TaskAlreadySubmitted
from services.review.humanloops import reserving
from services.review.portal.tasks.frame import frame_response

if TYPE_CHECKING:
    from services.review.portal.visits.visit import Visit


def reserve(visit: Visit) -> Response:
    """Choose the task that will probably come next and return its page's address; null if there is none.

    A quick worker submits before this request arrives; then nothing needs to be prepared.
    """
    task_id, worker_id = visit.path["task_id"], visit.worker.worker_id
    choose = partial(reserving.reserve, claim_id=task_id, worker_id=worker_id, now=visit.review.clock())
    try:
        ahead = visit.review.database.write(choose)
    except TaskAlreadySubmitted:
        ahead = None
    if ahead is None:
        return JSONResponse({"next": None})
    # The addresses of its images end with it; a page that was ready for too long is fetched again.
    address = f"/portal/tasks/{task_id}/next/frame"
    return JSONResponse({"next": {"loop": ahead.human_loop_name, "frame": address, "fresh_seconds": ahead.seconds / 2}})


def frame(visit: Visit) -> Response:
    """Serve its page to the worker it was chosen for, while they hold the task before it."""
    task_id, worker_id = visit.path["task_id"], visit.worker.worker_id
    look = partial(reserving.look_ahead, claim_id=task_id, worker_id=worker_id, now=visit.review.clock())
    ahead = visit.review.database.read(look)
    return frame_response(visit, ahead, ahead.seconds, ahead=True)
