"""Reads which labels a task has, as far as its page shows them."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from html.parser import HTMLParser

from services.review.render.markup.registry import elements_with

_LARGEST_LIST = 200_000
_HANDLER = re.compile(r"on[a-z]+")


def labels_of(html: str) -> dict[str, frozenset[str]]:
    """Read the labels of the drawing tools in a rendered template, by the name of the element.

    Only certain labels: a tool is left out if its `labels` are empty or not a plain list of texts. All tools are left
    out if a script of the page contains `labels` at all, since it may change them while the worker works (twelve of the
    public templates begin with `labels="['placeholder']"` and do that).
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.script_speaks_of_labels:
        return {}
    return {name: labels for name, labels in reader.found.items() if name not in reader.uncertain}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        self.uncertain: set[str] = set()
        self.script_speaks_of_labels = False
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if any(_HANDLER.fullmatch(name) and "labels" in (value or "") for name, value in attrs):
            self.script_speaks_of_labels = True
        if tag in elements_with("labels"):
            # Of an attribute given twice, the first counts.
            attributes = dict(reversed(attrs))
            name = attributes.get("name") or ""
            labels = _read_list(attributes.get("labels") or "")
            if labels:
                self.found[name] |= labels
            else:
                self.uncertain.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and "labels" in data:
            self.script_speaks_of_labels = True


def _read_list(text: str) -> frozenset[str] | None:
    """Read a list of texts, in JSON or with single quotes; None for anything else, or an ambiguous text."""
    if len(text) > _LARGEST_LIST:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _single_quoted(text)
    if not isinstance(value, list) or not value or not all(isinstance(label, str) for label in value):
        return None
    return frozenset(value)


def _single_quoted(text: str) -> object:
    if "\\" in text:  # escapes differ between languages
        return None
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
