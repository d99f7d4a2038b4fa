"""Finds and removes what names an image, in JSON."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mentions:
    """Texts that name one image: its address, its copies' addresses, its reviews' names.

    Only whole JSON strings count: `s3://b/cat.jpg` is not named by `s3://b/cat.jpg.png`.

    :param names: The texts.
    :param copies: What the addresses of its copies begin with.
    :param mark: What takes their place where a document is kept.
    """

    def __init__(self, names: set[str], copies: str, mark: str) -> None:
        self.names = names
        self.copies = copies
        self.mark = mark
        written = {json.dumps(name, ensure_ascii=plain)[1:-1] for name in (*names, copies) for plain in (True, False)}
        self._bytes = [text.encode() for one in written for text in (one, html.escape(one))]

    def may_be_in(self, body: bytes) -> bool:
        """Tell whether bytes may name the image; cheap, and never wrong about a no."""
        return any(text in body for text in self._bytes)

    def is_in(self, value: Any) -> bool:
        """Tell whether a JSON value names the image."""
        return any(self._is_name(text) for text in _texts(value))

    def is_in_line(self, line: bytes) -> bool:
        """Tell whether a line of JSON names the image; a line that is no JSON does if its bytes may."""
        if not self.may_be_in(line):
            return False
        try:
            return self.is_in(json.loads(line))
        except ValueError:
            return True

    def without(self, value: Any) -> Any:
        """Return a JSON value with the mark in place of each of the names."""
        if isinstance(value, str):
            return self.mark if self._is_name(value) else value
        if isinstance(value, list):
            return [self.without(item) for item in self._without_relative(value)]
        if isinstance(value, dict):
            return {self.without(key): self.without(item) for key, item in value.items()}
        return value

    def is_listed_in(self, value: Any) -> bool:
        """Tell whether SageMaker's list of files, a prefix and names below it, has the image."""
        return isinstance(value, list) and len(self._without_relative(value)) < len(value)

    def _is_name(self, text: str) -> bool:
        return text in self.names or text.startswith(self.copies)

    def _without_relative(self, value: list[Any]) -> list[Any]:
        first = value[0] if value else None
        if not (isinstance(first, dict) and isinstance(first.get("prefix"), str)):
            return value
        return [item for item in value if not (isinstance(item, str) and self._is_name(first["prefix"] + item))]


def review_names(value: Any) -> set[str]:
    """Return the names of reviews in a row of a night's file."""
    if isinstance(value, dict):
        own = {str(value["review_name"])} if isinstance(value.get("review_name"), str) else set()
        return own.union(*(review_names(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(review_names(item) for item in value))
    return set()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
