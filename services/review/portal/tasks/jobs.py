"""The list of jobs, and the start of work on one."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.responses import RedirectResponse, Response

from services.review.errors import UnknownJob
from services.review.humanloops import claiming
from services.review.humanloops.flows import flows_of_teams
from services.review.humanloops.memberships import team_ids
from services.review.portal.visits import responses
from services.review.reports import days_work, open_jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.humanloops.claiming import HeldTask
    from services.review.portal.visits.visit import Visit
    from services.review.reports.open_jobs import Job
    from services.review.storage.tables import FlowDefinition


def show(visit: Visit) -> Response:
    """List the jobs of the worker's teams."""
    database, worker = visit.review.database, visit.worker
    now = visit.review.clock()
    jobs = database.read(partial(_jobs, worker_id=worker.worker_id, now=now))
    today = database.read(partial(days_work.since, worker_id=worker.worker_id, begin=_midnight(now, visit.time_zone)))
    finished = next((job.title for job in jobs if job.flow_name == visit.query.get("finished")), "")
    return responses.page(visit, "jobs.html", jobs=jobs, today=today, finished=finished)


def start(visit: Visit) -> Response:
    """Take the next task of a job and go to it."""
    return RedirectResponse(next_place(visit, visit.path["flow"]), 303)


def next_place(visit: Visit, flow_name: str) -> str:
    """Claim a worker's next task of a flow and return its address, or where to go if there is none.

    :raises UnknownJob: for a flow of another team.
    """
    return place_of(claim_next(visit, flow_name), flow_name)


def claim_next(visit: Visit, flow_name: str) -> HeldTask | None:
    """Claim a worker's next task of a flow, None if there is none; raises UnknownJob."""
    claim = partial(_claim, flow_name=flow_name, worker_id=visit.worker.worker_id, now=visit.review.clock())
    return visit.review.database.write(claim)


def place_of(task: HeldTask | None, flow_name: str) -> str:
    """Return the address of a task, or where to go if there is none."""
    return f"/portal/tasks/{task.id}" if task else f"/portal/?finished={flow_name}"


def _jobs(session: Session, worker_id: int, now: datetime) -> list[Job]:
    return open_jobs.jobs_for(session, _flows(session, worker_id), worker_id, now)


def _claim(session: Session, flow_name: str, worker_id: int, now: datetime) -> HeldTask | None:
    flow = next((flow for flow in _flows(session, worker_id) if flow.name == flow_name), None)
    if flow is None:
        raise UnknownJob
    return claiming.claim_next(session, flow, worker_id, now)


def _midnight(now: datetime, time_zone: str) -> datetime:
    """Return when the worker's day began; without a known time zone, the day in UTC."""
    try:
        zone: tzinfo = ZoneInfo(time_zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        zone = UTC
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _flows(session: Session, worker_id: int) -> list[FlowDefinition]:
    return flows_of_teams(session, team_ids(session, worker_id))
