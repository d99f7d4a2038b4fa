"""What all pages for administrators share: the form of numbers, times and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from services.review.portal.visits import responses

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from services.review.portal.visits.texts import Texts
    from services.review.portal.visits.visit import Visit

NOTHING = "–"
HOUR, DAY = 3600, 86_400
# A longer text is downloaded, not shown on a page.
LONGEST_SHOWN = 50_000


def admin_page(visit: Visit, template: str, **values: object) -> Response:
    """Render a page whose template also sees `age`, `number`, `seconds` and `json_text`."""
    now = visit.review.clock()

    def age(moment: datetime | None) -> str:
        return NOTHING if moment is None else span(visit.texts, (now - moment).total_seconds())

    return responses.page(
        visit,
        f"admin/{template}",
        status=200,
        age=age,
        span=lambda seconds: span(visit.texts, seconds),
        number=lambda value: f"{value:,}",
        seconds=lambda value: NOTHING if value is None else visit.texts("admin.seconds", count=f"{value:.1f}"),
        json_text=json_text,
        longest_shown=LONGEST_SHOWN,
        **values,
    )


def span(texts: Texts, seconds: float) -> str:
    """Format an age in at most two units."""
    if seconds < 2 * DAY:
        return responses.duration(texts, max(0, int(seconds)))
    days, rest = divmod(int(seconds), DAY)
    return texts("admin.days_hours", days=days, hours=rest // HOUR) if rest >= HOUR else texts("admin.days", days=days)


def json_text(text: str) -> str:
    """Format JSON for reading; a text that is not JSON stays as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
