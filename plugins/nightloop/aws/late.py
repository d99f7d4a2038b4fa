"""Answers that come after their night went on: each joins one later night, in whatever order nights run."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from nightloop.aws.errors import NightIncompleteError, ObjectMissingError
from nightloop.aws.store import JSON

if TYPE_CHECKING:
    from nightloop.aws.layout import LoopFiles
    from nightloop.aws.store import NightStore
    from nightloop.loop.selection import PlannedReview


class LateReviews:
    """The reviews that earlier nights left open.

    A night that goes on without an answer leaves the review under `open/`. A later night that finds it ended claims it
    under `late/`: an object that only one night can create. The review stays under `open/` until that night has
    written its answers, so that a crash in between loses nothing.

    :param night: The date of the night that asks.
    """

    def __init__(self, store: NightStore, files: LoopFiles, night: str) -> None:
        self.store = store
        self.files = files
        self.night = night

    def hand_on(self, reviews: list[PlannedReview]) -> None:
        """Leave open reviews to later nights, except those that one has taken already."""
        for review in reviews:
            if self._owner(review.loop_name) is None:
                body = json.dumps({"night": self.night, "review": review.to_json()}, sort_keys=True)
                self.store.write_once(self.files.open_review(review.loop_name), body.encode(), JSON)

    def waiting(self) -> dict[str, str]:
        """Return the reviews other nights left open: loop name to night."""
        found = {}
        for entry in self.store.list(self.files.open_reviews):
            name = entry.uri.removeprefix(self.files.open_reviews).removesuffix(".json")
            night = str(json.loads(self.store.read(entry.uri))["night"])
            owner = self._owner(name)
            if owner not in {None, self.night} and self._is_settled(str(owner)):
                self.store.delete(entry.uri)
            elif night != self.night:
                found[name] = night
        return found

    def nights_since(self, night: str) -> int:
        """Count the loop's nights after one, this one included; none if this night is the earlier one."""
        return sum(night < date < self.night for date in self._nights) + (night < self.night)

    @cached_property
    def _nights(self) -> tuple[str, ...]:
        return self.store.folders(self.files.nights)

    def claim(self, name: str) -> bool:
        """Take the answer of an ended review for this night; False if another night has it."""
        body = json.dumps({"night": self.night}).encode()
        return bool(json.loads(self.store.write_once(self.files.claim(name), body, JSON))["night"] == self.night)

    def review(self, name: str) -> PlannedReview:
        """Return what a waiting review is about."""
        from nightloop.loop.selection import PlannedReview

        try:
            body = self.store.read(self.files.open_review(name))
        except ObjectMissingError as error:
            raise NightIncompleteError(f"{error} It says what human loop {name} is about.") from error
        return PlannedReview.from_json(json.loads(body)["review"])

    def settle(self, names: list[str]) -> None:
        """Forget waiting reviews whose answers this night has written."""
        for name in names:
            self.store.delete(self.files.open_review(name))

    def _owner(self, name: str) -> str | None:
        body = self.store.read_if_there(self.files.claim(name))
        return None if body is None else str(json.loads(body)["night"])

    def _is_settled(self, night: str) -> bool:
        return self.store.describe(self.files.night(night).answers) is not None
