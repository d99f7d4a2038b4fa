"""The portal's pages and where they are."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from services.review.portal import jobs, language, next_task, task
from services.review.portal.admin.routes import admin_routes
from services.review.portal.door import Role, Visit, door
from services.review.portal.people_routes import people_routes
from services.review.portal.views import page

STATIC = Path(__file__).parent / "static"


def portal_routes() -> list[BaseRoute]:
    """List all addresses below /portal."""
    return [
        Route("/portal", lambda _: RedirectResponse("/portal/", 308), methods=["GET"]),
        Route("/portal/", door(jobs.show), methods=["GET"]),
        *people_routes(),
        Route("/portal/language", door(language.choose, Role.ANYBODY), methods=["POST"]),
        Route("/portal/jobs/{flow}/start", door(jobs.start), methods=["POST"]),
        Route("/portal/tasks/{task_id}", door(task.show), methods=["GET"]),
        Route("/portal/tasks/{task_id}/frame", door(task.frame), methods=["GET"]),
        Route("/portal/tasks/{task_id}/shown", door(task.note_shown), methods=["POST"]),
        Route("/portal/tasks/{task_id}/draft", door(task.keep_draft), methods=["POST"]),
        Route("/portal/tasks/{task_id}/next", door(next_task.reserve), methods=["POST"]),
        Route("/portal/tasks/{task_id}/next/frame", door(next_task.frame), methods=["GET"]),
        Route("/portal/tasks/{task_id}/submit", door(task.submit), methods=["POST"]),
        Route("/portal/tasks/{task_id}/decline", door(task.decline), methods=["POST"]),
        Route("/portal/tasks/{task_id}/release", door(task.release), methods=["POST"]),
        *admin_routes(),
        Mount("/portal/static", StaticFiles(directory=STATIC)),
        Route("/portal/{rest:path}", door(_missing, Role.ANYBODY), methods=["GET", "POST"]),
    ]


def _missing(visit: Visit) -> Response:
    return page(visit, "error.html", status=404, message=visit.texts("error.not_found"))
