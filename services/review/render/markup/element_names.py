"""Reads what a template says about its elements: which of those that answer lack a name, and which it defines."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from services.review.render.markup.registry import elements_with

# An early form of crowd-text-ranking has the second in place of its name.
_NAMES = ("name", "crowd-form-element-id")
_QUOTED_TAG = re.compile(r"[\"'`](crowd-[^\"'`]+)[\"'`]")


def nameless_elements(html: str) -> list[str]:
    """List the tags of elements whose answer gets the tag's name, because they have no name."""
    return sorted(_read(html).nameless)


def defined_elements(html: str) -> set[str]:
    """List the `crowd-*` elements that the template's own scripts name where they define elements."""
    script = "".join(_read(html).script)
    return set(_QUOTED_TAG.findall(script)) if "customElements" in script else set()


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.nameless: set[str] = set()
        self.script: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = self._in_script or tag == "script"
        given = dict(attrs)
        if tag in elements_with("named") and not any(given.get(name) for name in _NAMES):
            self.nameless.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.script.append(data)
