"""Reviews a night could not open because a quota was used up: a later night's plan takes each of them, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nightloop.aws.store import JSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.layout import LoopFiles
    from nightloop.aws.store import NightStore
    from nightloop.loop.selection import PlannedReview


class UnopenedReviews:
    """What waits below `unopened/`, a folder for each night that left something there.

    A later night claims a review below `reopened/`, an object that only one night can create, and writes it into its
    own plan. What it cannot open either it hands on again under its own date.

    :param night: The date of the night that asks.
    """

    def __init__(self, store: NightStore, files: LoopFiles, night: str) -> None:
        self.store = store
        self.files = files
        self.night = night

    def hand_on(self, reviews: Iterable[PlannedReview]) -> None:
        """Leave reviews to later nights, except those that one has taken already."""
        for review in reviews:
            if self._owner(self.night, review.loop_name) is None:
                body = json.dumps(review.to_json(), sort_keys=True).encode()
                self.store.write_once(self.files.unopened_review(self.night, review.loop_name), body, JSON)

    def take(self) -> list[PlannedReview]:
        """Return the reviews that are this night's now, those an earlier try took among them."""
        from nightloop.loop.selection import PlannedReview

        taken = {}
        for entry in list(self.store.list(self.files.unopened)):
            night, name = entry.uri.removeprefix(self.files.unopened).removesuffix(".json").split("/", 1)
            if night == self.night:
                continue
            owner = self._claim(night, name)
            if owner == self.night:
                taken[name] = PlannedReview.from_json(json.loads(self.store.read(entry.uri)))
            elif self.store.describe(self.files.night(owner).plan) is not None:
                self.store.delete(entry.uri)  # it is in its new owner's plan
        return [taken[name] for name in sorted(taken)]

    def _claim(self, night: str, name: str) -> str:
        body = json.dumps({"night": self.night}).encode()
        return str(json.loads(self.store.write_once(self.files.reopened(night, name), body, JSON))["night"])

    def _owner(self, night: str, name: str) -> str | None:
        body = self.store.read_if_there(self.files.reopened(night, name))
        return None if body is None else str(json.loads(body)["night"])
