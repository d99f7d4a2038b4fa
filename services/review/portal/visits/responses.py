"""The HTML and JSON responses to a visit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.review.portal.visits.texts import NAMES, languages

if TYPE_CHECKING:
    from services.review.errors import ReviewError
    from services.review.portal.visits.texts import Texts
    from services.review.portal.visits.visit import Visit

TEMPLATES = Path(__file__).parents[1] / "templates"


def page(visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
    """Render a page; its template sees `t` (the texts), `csrf_token`, `worker` and the given values."""
    html = environment().get_template(template)
    return HTMLResponse(
        html.render(
            t=visit.texts,
            language=visit.texts.language,
            csrf_token=visit.csrf_token,
            worker=visit.signed_in,
            languages={name: NAMES.get(name, name) for name in sorted(languages())},
            place=visit.place,
            duration=lambda seconds: duration(visit.texts, seconds),
            **values,
        ),
        status_code=status,
    )


def error_response(visit: Visit, error: ReviewError | None) -> Response:
    """Respond with the refusal, in the format of the request; without an error it is a failure of our own."""
    status = error.status if error else 500
    code = type(error).__name__ if error else "InternalFailure"
    message = error_message(visit.texts, error)
    if visit.wants_json:
        return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
    return page(visit, "error.html", status=status, message=message)


def error_message(texts: Texts, error: ReviewError | None) -> str:
    """Find the sentence of an error in the language of the page."""
    if error is None:
        return texts("error.unexpected")
    key = f"error.{type(error).__name__}"
    return texts(key, **error.details) if texts.has(key) else error.message


def duration(texts: Texts, seconds: float) -> str:
    """Format a duration in whole units."""
    seconds = int(seconds)
    if seconds < 60:
        return texts("duration.seconds", count=seconds)
    hours, minutes = divmod(seconds // 60, 60)
    if hours == 0:
        return texts("duration.minutes", count=minutes)
    if minutes == 0:
        return texts("duration.hours", count=hours)
    return texts("duration.hours_minutes", hours=hours, minutes=minutes)


@cache
def environment() -> Environment:
    """Create the environment of the portal's templates; an undefined name is an error, not a blank."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
