"""The portal's pages and their addresses."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from services.review.portal.account import language
from services.review.portal.admin.routes import admin_routes
from services.review.portal.people.routes import people_routes
from services.review.portal.tasks import jobs, next_task, task
from services.review.portal.visits.endpoint import endpoint
from services.review.portal.visits.responses import page
from services.review.portal.visits.visit import Role, Visit

STATIC = Path(__file__).parent / "static"


def portal_routes() -> list[BaseRoute]:
    """List all addresses below /portal."""
    return [
        Route("/portal", lambda _: RedirectResponse("/portal/", 308), methods=["GET"]),
        Route("/portal/", endpoint(jobs.show), methods=["GET"]),
        *people_routes(),
        Route("/portal/language", endpoint(language.choose, Role.ANYBODY), methods=["POST"]),
        Route("/portal/jobs/{flow}/start", endpoint(jobs.start), methods=["POST"]),
        Route("/portal/tasks/{task_id}", endpoint(task.show), methods=["GET"]),
        Route("/portal/tasks/{task_id}/frame", endpoint(task.frame), methods=["GET"]),
        Route("/portal/tasks/{task_id}/shown", endpoint(task.note_shown), methods=["POST"]),
        Route("/portal/tasks/{task_id}/draft", endpoint(task.keep_draft), methods=["POST"]),
        Route("/portal/tasks/{task_id}/next", endpoint(next_task.reserve), methods=["POST"]),
        Route("/portal/tasks/{task_id}/next/frame", endpoint(next_task.frame), methods=["GET"]),
        Route("/portal/tasks/{task_id}/submit", endpoint(task.submit), methods=["POST"]),
        Route("/portal/tasks/{task_id}/decline", endpoint(task.decline), methods=["POST"]),
        Route("/portal/tasks/{task_id}/release", endpoint(task.release), methods=["POST"]),
        *admin_routes(),
        Mount("/portal/static", StaticFiles(directory=STATIC)),
        Route("/portal/{rest:path}", endpoint(_missing, Role.ANYBODY), methods=["GET", "POST"]),
    ]


def _missing(visit: Visit) -> Response:
    return page(visit, "error.html", status=404, message=visit.texts("error.not_found"))
