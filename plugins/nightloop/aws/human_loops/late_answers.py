"""Answers that come after their night went on: each joins one later night, in any order in which nights run."""

from __future__ import annotations

import json
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.errors import NightIncompleteError, ObjectMissingError
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore, StoredObject
    from nightloop.domain.detection.selection import PlannedReview

_Item = TypeVar("_Item")


class LateReviews:
    """The reviews that earlier nights left open.

    A night that goes on without an answer leaves the review under `open/`. A later night that finds it ended takes it
    by an object under `late/`, which only one night can create. The review stays under `open/` until that night has
    written its answers, so that a crash in between loses nothing.

    Several threads may call `nights_since`, `take` and `review`.

    :param night: The date of the night that asks.
    :param threads: How many reviews are looked at, left or settled at once.
    """

    def __init__(self, store: ObjectStore, files: LoopFiles, night: str, *, threads: int = 16) -> None:
        self.store = store
        self.files = files
        self.night = night
        self.threads = threads
        self._left_open: dict[str, datetime] = {}

    def hand_on(self, reviews: list[PlannedReview]) -> None:
        """Leave open reviews to later nights, except those that a night has already taken."""

        def leave(review: PlannedReview) -> None:
            if self._owner(review.review_name) is None:
                body = json.dumps({"night": self.night, "review": review.to_json()}, sort_keys=True)
                self.store.write_once(self.files.open_review(review.review_name), body.encode(), JSON)

        self._each(leave, reviews)

    def waiting(self) -> dict[str, str]:
        """Return the reviews other nights left open: review name to night."""
        found: dict[str, str] = {}

        def look(entry: StoredObject) -> None:
            name = self.files.review_of(entry.uri)
            body = self.store.read_if_there(entry.uri)
            if body is None:
                return  # another night has settled it since it was listed
            night = str(json.loads(body)["night"])
            owner = self._owner(name)
            if owner not in {None, self.night} and self._is_settled(str(owner)):
                self.store.delete(entry.uri)
            elif night != self.night:
                found[name] = night
                self._left_open[name] = entry.modified

        self._each(look, self.store.list(self.files.open_reviews))
        return found

    def nights_since(self, name: str, night: str) -> int:
        """Count the nights that a waiting review of `night` was left to, this one included.

        Those are the later nights that asked people after the review was left open. Other nights, already under way or
        over by then, gave its reviewers no time: an old night may be backfilled, or several may run at once.
        """
        left_open = self._left_open[name]
        asked = (self._asked(date) for date in self._nights if night < date <= self.night)
        return sum(moment is not None and moment >= left_open for moment in asked)

    @cached_property
    def _nights(self) -> tuple[str, ...]:
        return self.store.folders(self.files.nights)

    @cache  # noqa: B019  as short-lived as the task
    def _asked(self, night: str) -> datetime | None:
        """Return when a night had opened its reviews."""
        opened = self.store.describe(self.files.night(night).reviews)
        return None if opened is None else opened.modified

    def take(self, name: str) -> bool:
        """Take the answer of an ended review for this night; return False if another night has it."""
        body = json.dumps({"night": self.night}).encode()
        return bool(json.loads(self.store.write_once(self.files.late_answer(name), body, JSON))["night"] == self.night)

    def review(self, name: str) -> PlannedReview:
        """Return what a waiting review is about."""
        from nightloop.domain.detection.selection import PlannedReview

        try:
            body = self.store.read(self.files.open_review(name))
        except ObjectMissingError as error:
            raise NightIncompleteError(f"{error} It says what human loop {name} is about.") from error
        return PlannedReview.from_json(json.loads(body)["review"])

    def settle(self, names: list[str]) -> None:
        """Forget waiting reviews whose answers this night has written."""
        self._each(lambda name: self.store.delete(self.files.open_review(name)), names)

    def _each(self, function: Callable[[_Item], None], items: Iterable[_Item]) -> None:
        _ = self.store.client  # made here, in the task's own thread: making it asks Airflow for the connection
        for _ in map_in_order(function, items, threads=self.threads, name="late"):
            pass

    def _owner(self, name: str) -> str | None:
        body = self.store.read_if_there(self.files.late_answer(name))
        return None if body is None else str(json.loads(body)["night"])

    def _is_settled(self, night: str) -> bool:
        return self.store.describe(self.files.night(night).answers) is not None
