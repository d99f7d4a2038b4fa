"""Activity: what each worker did lately."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import UnknownFlowDefinition
from services.review.humanloops.flows import live_flow
from services.review.portal.admin.pages import admin_page
from services.review.reports import activity
from services.review.storage.tables import FlowDefinition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from services.review.portal.visits.visit import Visit
    from services.review.reports.activity import Activity, LastTask


def show(visit: Visit) -> Response:
    """List all workers, in all flows or in one."""
    flow = visit.query.get("flow", "")
    look = partial(_look, flow_name=flow, now=visit.review.clock())
    workers, flow_names = visit.review.database.read(look)
    return admin_page(visit, "activity.html", workers=workers, flow_names=flow_names, flow=flow)


def show_one(visit: Visit) -> Response:
    """Show a worker's figures and the last tasks they had."""
    look = partial(_look_at, public_id=visit.path["worker"], now=visit.review.clock())
    worker, tasks = visit.review.database.read(look)
    return admin_page(visit, "worker.html", person=worker, tasks=tasks, last=activity.LAST_TASKS)


def _look(session: Session, flow_name: str, now: datetime) -> tuple[list[Activity], Sequence[str]]:
    flow_id = None
    if flow_name:
        flow = live_flow(session, flow_name)
        if flow is None:
            raise UnknownFlowDefinition
        flow_id = flow.id
    live = select(FlowDefinition.name).where(FlowDefinition.deleted_at.is_(None)).order_by(FlowDefinition.name)
    return activity.activities(session, now, flow_id=flow_id), session.scalars(live).all()


def _look_at(session: Session, public_id: str, now: datetime) -> tuple[Activity, list[LastTask]]:
    worker = activity.find_worker(session, public_id)
    (numbers,) = activity.activities(session, now, worker_row=worker.id)
    return numbers, activity.last_tasks(session, worker.id)
