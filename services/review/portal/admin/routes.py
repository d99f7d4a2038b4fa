"""The addresses of the administrators' pages; nobody else may enter them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from services.review.portal.admin import activity, downloads, flows, loops, preview
from services.review.portal.visits.endpoint import endpoint
from services.review.portal.visits.visit import Role

if TYPE_CHECKING:
    from services.review.portal.visits.endpoint import Page

ROOT = "/portal/admin"


def admin_routes() -> list[BaseRoute]:
    """List all addresses of flows, reviews, activity and templates."""
    return [
        _shown("/flows", flows.show),
        _shown("/flows/{flow}", flows.show_one),
        _shown("/loops/{loop}", loops.show),
        _shown("/loops/{loop}/input.json", downloads.task_input),
        _done("/loops/{loop}/stop", loops.stop),
        _shown("/claims/{claim}/answer.json", downloads.answer),
        _shown("/claims/{claim}/late-answer.json", downloads.late_answer),
        _done("/claims/{claim}/return", loops.return_task),
        _done("/claims/{claim}/confirm", loops.confirm_answer),
        _shown("/activity", activity.show),
        _shown("/activity/{worker}", activity.show_one),
        _shown("/preview", preview.show),
        _done("/preview/report", preview.report),
        _done("/preview/frame", preview.frame),
    ]


def _shown(path: str, page: Page) -> Route:
    return Route(ROOT + path, endpoint(page, Role.ADMINISTRATOR), methods=["GET"])


def _done(path: str, page: Page) -> Route:
    return Route(ROOT + path, endpoint(page, Role.ADMINISTRATOR), methods=["POST"])
