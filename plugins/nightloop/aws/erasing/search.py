"""Looks through all that a loop keeps for what names an image."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.datasets.erased import digest_of
from nightloop.aws.erasing.mentions import Mentions, review_names
from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.storage.layout import ImageTraces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore, StoredObject

Action = Literal["delete", "rewrite"]
_THREADS = 16
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Finding:
    """One object that names the image, and what erasing does to it.

    `rows` is how many of its lines do. `leads` says that it holds the image's own address, by which a search begins.
    """

    object: StoredObject
    action: Action
    rows: int = 0
    leads: bool = False


@dataclass
class Found:
    """All there is of an image."""

    image: Mentions
    names: Mentions
    reviews: set[str] = field(default_factory=set)
    identical: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


class Search:
    """Reads every file of a loop once for the image, and most of them again for its reviews.

    :param image: The image's address.
    """

    def __init__(self, store: ObjectStore, files: LoopFiles, image: str) -> None:
        self.store = store
        self.files = files
        self.image = image
        self.traces = ImageTraces(files.folder, image, digest_of(image))

    def look(self) -> Found:
        """Find everything."""
        _ = self.store.client
        mark = f"erased:{digest_of(self.image)}"
        image = Mentions({self.image}, self.traces.copies, mark)
        found = Found(image, image)
        for reviews, identical in self._each(lambda entry: self._reviews_in(entry, image)):
            found.reviews |= reviews
            found.identical |= identical
        found.names = Mentions({self.image, *found.reviews}, self.traces.copies, mark)
        findings = [one for one in self._each(lambda entry: self._finding(entry, found)) if one is not None]
        # What leads to the rest goes last, so that a search after a kill finds what is left.
        found.findings = sorted([*findings, *self._beside(findings)], key=lambda one: (one.leads, one.object.uri))
        original = self.store.describe(self.image)
        if original is not None:
            found.findings.append(Finding(original, "delete", leads=True))
        return found

    def _each(self, function: Callable[[StoredObject], _Result]) -> Iterator[_Result]:
        entries = (entry for entry in self.store.list(self.files.everything) if not self.traces.is_mark(entry.uri))
        return map_in_order(function, entries, threads=_THREADS, name="erasing")

    def _reviews_in(self, entry: StoredObject, names: Mentions) -> tuple[set[str], set[str]]:
        reviews: set[str] = set()
        identical: set[str] = set()
        if self.traces.is_lines(entry.uri) or self.traces.is_document(entry.uri):
            for row in self._rows(entry):
                if isinstance(row, dict) and names.is_in(row):
                    reviews |= review_names(row)
                    if row.get("duplicate_of") == self.image:
                        identical.add(str(row["image"]["uri"]))
        return reviews, identical

    def _rows(self, entry: StoredObject) -> Iterator[Any]:
        try:
            in_lines = self.traces.is_lines(entry.uri)
            lines = self.store.read_lines(entry.uri) if in_lines else iter([self.store.read(entry.uri)])
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue
        except ObjectMissingError:
            return  # deleted since it was listed

    def _finding(self, entry: StoredObject, found: Found) -> Finding | None:
        if self.traces.is_of_its_own(entry.uri, found.reviews):
            return Finding(entry, "delete")
        try:
            return self._read(entry, found)
        except ObjectMissingError:
            return None  # deleted since it was listed

    def _read(self, entry: StoredObject, found: Found) -> Finding | None:
        if self.traces.is_lines(entry.uri):
            lines = [line for line in self.store.read_lines(entry.uri) if found.names.is_in_line(line)]
            leads = any(found.image.is_in_line(line) for line in lines)
            return Finding(entry, "rewrite", len(lines), leads) if lines else None
        if self.traces.is_page(entry.uri):
            return Finding(entry, "delete") if found.names.may_be_in(self.store.read(entry.uri)) else None
        if not self.traces.is_document(entry.uri):
            return None
        body = self.store.read(entry.uri)
        document = _parsed(body)
        if found.names.is_listed_in(document) or (found.names.may_be_in(body) and found.names.is_in(document)):
            action: Action = "delete" if self.traces.is_of_one_review(entry.uri) else "rewrite"
            return Finding(entry, action, 1, leads=found.image.is_in(document))
        return None

    def _beside(self, findings: list[Finding]) -> Iterator[Finding]:
        """Find what does not name the image and shows it: pictures of comparisons, results of transform jobs."""
        named = {one.object.uri for one in findings}
        pictures = tuple(filter(None, (self.traces.pictures_beside(uri) for uri in named)))
        is_held_out = any(self.traces.is_holdout(uri) for uri in named)
        for entry in self.store.list(self.files.everything):
            is_result = is_held_out and self.traces.is_result(entry.uri)
            shows = entry.uri.startswith(pictures) or is_result or self.traces.is_night_result(entry.uri, named)
            if shows and entry.uri not in named:
                yield Finding(entry, "delete")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
