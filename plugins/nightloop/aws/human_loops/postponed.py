"""Reviews that a night postponed because a quota was used up: a later night's plan takes them, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.selection import PlannedReview


class PostponedReviews:
    """What waits below `postponed/`, a file for each night that postponed reviews.

    A later night takes such a file by an object below `reopened/`, which only one night can create, and writes its
    reviews into its own plan. If it cannot open them either, it postpones them again under its own date.

    :param night: The date of the night that asks.
    """

    def __init__(self, store: ObjectStore, files: LoopFiles, night: str) -> None:
        self.store = store
        self.files = files
        self.night = night

    def hand_on(self, reviews: Iterable[PlannedReview]) -> None:
        """Leave all reviews that this night postponed to a later one, unless a night has already taken them."""
        from nightloop.domain.rows.jsonl import dumps_lines

        if self.store.describe(self.files.reopened(self.night)) is None:
            self.store.write_once(self.files.postponed_by(self.night), dumps_lines(list(reviews)))

    def take(self) -> list[PlannedReview]:
        """Return the reviews that are this night's now, also those that an earlier try took."""
        from nightloop.domain.detection.selection import PlannedReview
        from nightloop.domain.rows.jsonl import loads_lines

        taken: dict[str, PlannedReview] = {}
        for entry in list(self.store.list(self.files.postponed)):
            night = self.files.night_of_postponed(entry.uri)
            owner = None if night == self.night else self._claim(night)
            if owner == self.night:
                lines = loads_lines(self.store.read(entry.uri), source=entry.uri)
                taken |= {review.review_name: review for review in map(PlannedReview.from_json, lines)}
            elif owner is not None and self.store.describe(self.files.night(owner).plan) is not None:
                self.store.delete(entry.uri)  # they are in the plan of the night that took them
        return [taken[name] for name in sorted(taken)]

    def _claim(self, night: str) -> str:
        body = json.dumps({"night": self.night}).encode()
        return str(json.loads(self.store.write_once(self.files.reopened(night), body, JSON))["night"])
