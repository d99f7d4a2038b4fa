"""Inputs and answers as files: JSON exactly as stored."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from services.review.errors import UnknownTask
from services.review.reports import inspecting

if TYPE_CHECKING:
    from services.review.portal.visits.visit import Visit
    from services.review.reports.inspecting import StoredAnswers


def task_input(visit: Visit) -> Response:
    """Download a review's InputContent."""
    loop = visit.review.database.read(partial(inspecting.inspect_loop, name=visit.path["loop"]))
    return _file(f"{loop.name}-input", loop.input_content)


def answer(visit: Visit) -> Response:
    """Download an answer that counts."""
    claim = _stored(visit)
    return _file(f"{claim.loop_name}-answer", claim.answer)


def late_answer(visit: Visit) -> Response:
    """Download an answer that came too late to count."""
    claim = _stored(visit)
    return _file(f"{claim.loop_name}-late-answer", claim.late_answer)


def _stored(visit: Visit) -> StoredAnswers:
    return visit.review.database.read(partial(inspecting.stored_answers, claim_id=visit.path["claim"]))


def _file(name: str, text: str | None) -> Response:
    if text is None:
        raise UnknownTask
    safe = re.sub(r"[^A-Za-z0-9-]", "_", name)
    headers = {"Content-Disposition": f'attachment; filename="{safe}.json"'}
    return Response(text, media_type="application/json", headers=headers)
