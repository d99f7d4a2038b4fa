"""Flows: every queue, and one flow with its reviews."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from services.review.errors import UnknownFlowDefinition
from services.review.humanloops.flows import live_flow
from services.review.portal.admin.pages import admin_page
from services.review.reports import browsing
from services.review.reports.fast_answers import unconfirmed
from services.review.reports.problems import problems
from services.review.reports.queues import queues

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from services.review.portal.visits.visit import Visit
    from services.review.storage.tables import FlowDefinition


def show(visit: Visit) -> Response:
    """List every flow with its queue, and what cannot be delivered."""
    now = visit.review.clock()
    return admin_page(
        visit,
        "flows.html",
        queues=visit.review.database.read(partial(queues, now=now)),
        problems=visit.review.database.read(problems),
        fast_answers=visit.review.database.read(unconfirmed),
    )


def show_one(visit: Visit) -> Response:
    """Show a flow: its queue, its settings, its reviews a page at a time."""
    name, query = visit.path["flow"], visit.query
    status = query.get("status", "")
    chosen = {"status": status if status in browsing.STATUSES else "", "prefix": query.get("name", "").strip()[:63]}

    def look(session: Session) -> dict[str, object]:
        flow = _flow(session, name)
        page = browsing.loops_of(session, flow.id, before=query.get("before", ""), **chosen)
        return {"flow": flow, "page": page, **_queue(session, name, visit.review.clock())}

    shown = visit.review.database.read(look)
    return admin_page(
        visit,
        "flow.html",
        arn=visit.review.arns.flow_definition(name),
        statuses=tuple(browsing.STATUSES),
        is_first_page="before" not in query,
        wanted=chosen["status"],
        prefix=chosen["prefix"],
        **shown,
    )


def _flow(session: Session, name: str) -> FlowDefinition:
    flow = live_flow(session, name)
    if flow is None:
        raise UnknownFlowDefinition
    return flow


def _queue(session: Session, name: str, now: datetime) -> dict[str, object]:
    (queue,) = queues(session, now, name)
    return {"queue": queue, "problems": problems(session, name), "fast_answers": unconfirmed(session, name)}
