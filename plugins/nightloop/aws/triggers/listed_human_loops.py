"""Waits for human loops that are given by their names."""

from __future__ import annotations

from typing import Any

from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.domain.reviews.opened import OpenedReview


class ListedHumanLoopsTrigger(HumanLoopsTrigger):
    """Wait until none of these human loops is open, or until the deadline.

    :param review_names: The human loops' names; if there are none, `loops_uri` is read.
    """

    def __init__(self, *, review_names: list[str], loops_uri: str = "", **kwargs: Any) -> None:
        super().__init__(loops_uri=loops_uri, **kwargs)
        self.review_names = review_names

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments that rebuild this trigger."""
        path, arguments = super().serialize()
        return path, {**arguments, "review_names": self.review_names}

    async def _read_reviews(self) -> OpenReviews:
        if not self.review_names:
            return await super()._read_reviews()
        return OpenReviews(OpenedReview(name, "adopted") for name in self.review_names)
