"""Tries a template: what a worker would see with a sample input, and what in it will not work.

The rendered page is never stored and has no address: the form posts template and input into the frame, with its CSRF
token, and the response is a document in the sandbox of a task (`render/frame/document.py`). So no link can lead an
administrator to it, and a pasted template runs in an origin of its own, without cookies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select
from starlette.responses import HTMLResponse, JSONResponse

from services.review.errors import InvalidInput, RenderingBusy, TemplateFailed, UnknownFlowDefinition, UnknownTemplate
from services.review.humanloops.flows import live_flow
from services.review.portal.admin.pages import admin_page, json_text
from services.review.portal.security.csp import page_headers
from services.review.portal.visits import responses
from services.review.render.frame.document import SANDBOX
from services.review.reports.browsing import newest_input
from services.review.storage.tables import FlowDefinition, HumanTaskUi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from services.review.portal.visits.visit import Visit
    from services.review.render.findings.report import Finding
    from services.review.render.job import Done

SAMPLE_INPUT = '{\n  "taskObject": "s3://bucket/key.jpg",\n  "labels": ["cat", "dog"]\n}'


@dataclass(frozen=True)
class Draft:
    """What the page starts with."""

    template_name: str
    template: str
    input_content: str
    names: Sequence[str]


def show(visit: Visit) -> Response:
    """Show the page: a stored template or none yet, and an input to try it with."""
    begin = partial(_begin, template=visit.query.get("template", ""), flow=visit.query.get("flow", ""))
    return admin_page(visit, "preview.html", draft=visit.review.database.read(begin), sandbox=SANDBOX)


def report(visit: Visit) -> Response:
    """Report what in a template will not work with an input: `{"error": ..., "findings": [...]}`."""
    try:
        done = _rendered(visit)
    except (TemplateFailed, InvalidInput, RenderingBusy) as error:
        return JSONResponse({"error": responses.error_message(visit.texts, error), "findings": []})
    return JSONResponse({"error": "", "findings": [_said(visit, finding) for finding in done.findings]})


def frame(visit: Visit) -> Response:
    """Serve the rendered template under the policy of a task; nothing of the session reaches it."""
    try:
        done = _rendered(visit)
    except (TemplateFailed, InvalidInput, RenderingBusy):
        return responses.page(visit, "admin/preview_failed.html")
    return HTMLResponse(done.page, headers=page_headers(done.policy))


def _rendered(visit: Visit) -> Done:
    return visit.review.rendering.preview(
        visit.form.get("template", ""),
        visit.form.get("name", ""),
        visit.form.get("input", ""),
        caller=visit.worker.public_id,
        language=visit.texts.language,
    )


def _said(visit: Visit, finding: Finding) -> dict[str, str]:
    key = f"preview.finding.{finding.code}"
    message = visit.texts(key, thing=finding.thing) if visit.texts.has(key) else finding.message
    return {"code": finding.code, "message": message}


def _begin(session: Session, template: str, flow: str) -> Draft:
    names = session.scalars(
        select(HumanTaskUi.name).where(HumanTaskUi.deleted_at.is_(None)).order_by(HumanTaskUi.name)
    ).all()
    if flow:
        found = live_flow(session, flow)
        if found is None:
            raise UnknownFlowDefinition
        ui = found.human_task_ui
        return Draft(ui.name, ui.content, _sample(session, found.id), names)
    if not template:
        return Draft("", "", SAMPLE_INPUT, names)
    live = HumanTaskUi.deleted_at.is_(None)
    stored = session.scalar(select(HumanTaskUi).where(HumanTaskUi.name == template, live))
    if stored is None:
        raise UnknownTemplate
    newest_flow = (
        select(FlowDefinition.id)
        .where(FlowDefinition.human_task_ui_id == stored.id, FlowDefinition.deleted_at.is_(None))
        .order_by(FlowDefinition.created_at.desc())
        .limit(1)
    )
    return Draft(stored.name, stored.content, _sample(session, session.scalar(newest_flow)), names)


def _sample(session: Session, flow_id: int | None) -> str:
    newest = None if flow_id is None else newest_input(session, flow_id)
    return SAMPLE_INPUT if newest is None else json_text(newest)
