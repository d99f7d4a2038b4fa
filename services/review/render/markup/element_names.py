"""What a template says of its elements: which of those that answer have no name, and which it defines itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# What a worker labels or writes with. The other controls are as often a page's own helpers, which need no name.
NAMED = frozenset(
    f"crowd-{kind}"
    for kind in (
        "bounding-box", "classifier", "classifier-multi-select", "entity-annotation", "image-classifier",
        "image-classifier-multi-select", "input", "instance-segmentation", "keypoint", "line", "polygon", "polyline",
        "question-answer-generation", "semantic-segmentation", "text-area", "text-ranking",
    )
)  # fmt: skip
# An early form of crowd-text-ranking has the second in place of its name.
_NAMES = ("name", "crowd-form-element-id")
_QUOTED_TAG = re.compile(r"[\"'`](crowd-[^\"'`]+)[\"'`]")


def nameless_elements(html: str) -> list[str]:
    """List the tags of elements whose answer comes under the tag, for want of a name."""
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
        if tag in NAMED and not any(given.get(name) for name in _NAMES):
            self.nameless.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.script.append(data)
