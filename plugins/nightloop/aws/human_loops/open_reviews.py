"""The reviews of a night that are still open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import ReviewsMissingError
from nightloop.domain.reviews.outcome import OPEN_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nightloop.aws.results.reviews import EndedReviews
    from nightloop.domain.reviews.opened import OpenedReview

_MARGIN: Final = 60.0
"""Seconds by which the clocks of the worker and the review service may differ."""
_ROUNDING: Final = 1.0
"""Seconds; a list can be asked for by whole seconds only."""
_NAMED: Final = 5
"""How many of the missing reviews an error names."""


class OpenReviews:
    """Follows the reviews of a night until all have ended.

    A sweep lists the human loops of the flow definition, oldest first, from the oldest review that is still open, and
    reports here what it saw. It then asks one by one for the reviews that it was not shown: a list may lag behind, and
    a review may be deleted.

    Of each open review it keeps the name and a number. So a hundred thousand reviews take some 20 MB of a triggerer
    that many nights share.
    """

    def __init__(self, reviews: Iterable[OpenedReview] = ()) -> None:
        # Where a sweep has to begin to show the review, in seconds since 1970; None if that is not known.
        self._from: dict[str, float | None] = {}
        self._names: set[str] = set()
        self._unseen: set[str] = set()
        self.total = 0
        self.ended: dict[str, int] = {}
        self._missing_count = 0
        self._missing: list[str] = []
        for review in reviews:
            self.add(review)

    def add(self, review: OpenedReview) -> None:
        """Follow one more review, unless the service refused it."""
        if not review.is_there or review.review_name in self._names:
            return
        self._names.add(review.review_name)
        created = review.created
        self._from[review.review_name] = None if created is None else created.timestamp() - _MARGIN
        self._unseen.add(review.review_name)
        self.total += 1

    @property
    def open(self) -> int:
        """How many reviews are still open."""
        return len(self._from)

    @property
    def since(self) -> datetime | None:
        """Where the next sweep begins: a little before the oldest review that is still open was created."""
        known = [begin for begin in self._from.values() if begin is not None]
        return datetime.fromtimestamp(min(known), UTC) if len(known) == len(self._from) and known else None

    def knows(self, name: str) -> bool:
        """Say whether a review is of this night, open or ended."""
        return name in self._names

    def is_open(self, name: str) -> bool:
        """Say whether a review is of this night and still open."""
        return name in self._from

    def begin_sweep(self) -> None:
        """Forget which reviews the last sweep showed."""
        self._unseen = set(self._from)

    def see(self, name: str, status: str, created: datetime) -> None:
        """Take in one human loop of a sweep; ignore those of other nights."""
        if name not in self._from:
            return
        self._unseen.discard(name)
        if status in OPEN_STATUSES:
            # This is the service's own clock: a list from there on needs only a margin for the rounding of times.
            self._from[name] = created.timestamp() - _ROUNDING
        else:
            self.end(name, status)

    def take(self, name: str, description: Mapping[str, Any] | None) -> None:
        """Take in DescribeHumanLoop's answer about one open review, None if it was deleted."""
        if description is None:
            self._missing_count += 1
            if len(self._missing) < _NAMED:
                self._missing.append(name)
            self.end(name, "Deleted")
        else:
            self.see(name, description["HumanLoopStatus"], description["CreationTime"])

    def end(self, name: str, status: str) -> None:
        """Note that a review is no longer open."""
        del self._from[name]
        self._unseen.discard(name)
        self.ended[status] = self.ended.get(status, 0) + 1

    def check_there(self) -> None:
        """Make sure that the service has at least one of the reviews to follow.

        :raises ReviewsMissingError: if there are reviews to follow and the service has none of them.
        """
        if self.total and self._missing_count == self.total:
            more = self.total - len(self._missing)
            names = ", ".join(self._missing) + (f" and {more} more" if more else "")
            raise ReviewsMissingError(
                f"None of the human loops to wait for is there: {names}. Does the connection name the service "
                "they were started at? If they were deleted on purpose, mark this task as success: nobody will answer."
            )

    @property
    def all_seen(self) -> bool:
        """Whether the sweep has shown every open review."""
        return not self._unseen

    @property
    def unseen(self) -> list[str]:
        """The open reviews that the sweep has not shown yet."""
        return sorted(self._unseen)

    def summary(self) -> EndedReviews:
        """Return counts for the log and for XCom."""
        return {
            "reviews": self.total,
            "completed": self.ended.get("Completed", 0),
            "failed": sum(count for status, count in self.ended.items() if status != "Completed"),
            "open": self.open,
        }
