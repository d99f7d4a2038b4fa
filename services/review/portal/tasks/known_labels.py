"""Reads the labels a task really has, to check an answer against them."""

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
    """Read the labels out of the task's page, rendered again; None if the answer has no shapes to check.

    Also None for a task the worker does not hold: the code that receives their answer decides about it.
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
