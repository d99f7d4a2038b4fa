"""The labels a task really has, to hold an answer against."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from services.review.errors import ReviewError
from services.review.humanloops import claiming
from services.review.humanloops.answer_checks import has_shapes

if TYPE_CHECKING:
    from services.review.humanloops.answer_checks import Labels
    from services.review.portal.visits.visit import Visit


def known_labels(visit: Visit, answer: object) -> Labels:
    """Read the labels out of the task's page, rendered again; none when the answer has no shapes to check.

    None as well for a task the worker does not hold: what becomes of his answer is decided where it is received.
    """
    if not has_shapes(answer):
        return {}
    look = partial(
        claiming.look_at, claim_id=visit.path["task_id"], worker_id=visit.worker.worker_id, now=visit.review.clock()
    )
    try:
        task = visit.review.database.read(look)
        return visit.review.rendering.labels(task.template, task.input_content, flow=task.flow_name).labels
    except ReviewError:
        return {}
