"""Reads the least time of an answer to a template: `<crowd-form min-seconds="3">`."""

from __future__ import annotations

import math
from html.parser import HTMLParser

MOST_SECONDS = 3600.0
_ATTRIBUTE = "min-seconds"


def floor_seconds(template: str, otherwise: float) -> float:
    """Read the floor of a template, or `otherwise`; a value that is not a number from 0 to 3600 counts as not set."""
    if _ATTRIBUTE not in template.lower():
        return otherwise
    reader = _Reader()
    reader.feed(template)
    reader.close()
    return otherwise if reader.found is None else reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: float | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith("crowd-") and self.found is None:
            self.found = _seconds(dict(reversed(attrs)).get(_ATTRIBUTE))


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 <= seconds <= MOST_SECONDS else None
