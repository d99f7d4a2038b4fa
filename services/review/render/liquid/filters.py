"""Liquid filters of A2I ("Create Custom Worker Task Templates" in the SageMaker developer guide)."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from services.review.errors import InvalidLocation, TemplateFailed
from services.review.formats.s3_locations import S3Location

if TYPE_CHECKING:
    from collections.abc import Callable

# JSON reads these escapes as the characters themselves, an HTML parser sees no tag in them. So input stays data even if
# a template author wrote `<script>var x = {{ task.input | to_json | skip_autoescape }}</script>`.
_NOT_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
# Each needs a signature, and space in the policy of the page.
MOST_GRANTED = 2000
# What `strip_html` removes, the special cases first.
_SKIPPED = (("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">"))


def to_json(value: object) -> str:
    """Print any value as JSON; an undefined one is null."""
    return json.dumps(value, ensure_ascii=False, default=_plain).translate(_NOT_HTML)


def escape_filter(value: object) -> Markup:
    """Escape HTML; the automatic escaping that follows does not do it again."""
    return escape(text_of(value))


def escape_once(value: object) -> Markup:
    """Escape HTML but leave the entities that are there."""
    return escape(html.unescape(text_of(value)))


def skip_autoescape(value: object) -> Markup:
    """Print a value as the HTML it is: the template's author vouches for it."""
    return Markup(text_of(value))  # noqa: S704 - the meaning of this filter; the page it lands on is sandboxed


@dataclass
class Grants:
    """What `grant_read_access` granted, and the web addresses it could not grant."""

    granted: list[str] = field(default_factory=list)
    ungranted: list[str] = field(default_factory=list)


def grant_read_access(
    grant: Callable[[S3Location], str], grants: Grants, endpoints: tuple[str, ...] = ()
) -> Callable[[object], str]:
    """Make the filter that turns a place in S3 into a short-lived https address, and records what it granted.

    A web address outside S3 passes unchanged and opens nothing.

    :raises TemplateFailed: for an invalid place in S3.
    """
    known: dict[str, str] = {}

    def filter_(value: object) -> str:
        text = text_of(value)
        if text not in known:
            known[text] = _address(text, grant, grants, endpoints)
        return known[text]

    return filter_


def _address(text: str, grant: Callable[[S3Location], str], grants: Grants, endpoints: tuple[str, ...]) -> str:
    try:
        location = S3Location.parse(text, endpoints)
    except InvalidLocation as error:
        if text[:3].lower() == "s3:":
            raise TemplateFailed(f"grant_read_access cannot open this: {error.message}") from error
        if text.lower().startswith(("https://", "http://")):
            grants.ungranted.append(text)
        return text
    if len(grants.granted) >= MOST_GRANTED:
        raise TemplateFailed(f"grant_read_access opens at most {MOST_GRANTED} objects in one task")
    try:
        address = grant(location.check_object())
    except InvalidLocation as error:
        raise TemplateFailed(f"grant_read_access cannot open this: {error.message}") from error
    grants.granted.append(address)
    return address


def strip_html(value: object) -> str:
    """Remove tags, comments, scripts and styles, in time linear in the text for any content."""
    text, kept, at = text_of(value), [], 0
    unclosed: set[str] = set()
    while (start := text.find("<", at)) >= 0:
        kept.append(text[at:start])
        end = next(
            (found for opening, closing in _SKIPPED if (found := _end(text, start, opening, closing, unclosed))), 0
        )
        if not end:
            return "".join([*kept, text[start:]])
        at = end
    return "".join([*kept, text[at:]])


def _end(text: str, start: int, opening: str, closing: str, unclosed: set[str]) -> int:
    if closing in unclosed or text[start : start + len(opening)].lower() != opening:
        return 0
    found = text.find(closing, start)
    if found < 0:
        unclosed.add(closing)
        return 0
    return found + len(closing)


def text_of(value: object) -> str:
    """Print a value as an output tag prints it: objects and arrays as JSON, an undefined value as an empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | tuple):
        return to_json(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _plain(value: object) -> object:
    if isinstance(value, range):
        return list(value)
    plain = getattr(value, "__liquid__", None)
    return plain() if callable(plain) else str(value)
