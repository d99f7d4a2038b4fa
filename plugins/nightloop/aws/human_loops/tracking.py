"""The reviews of a night that are still open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import ReviewsMissingError
from nightloop.domain.reviews.outcome import OPEN_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nightloop.domain.reviews.opened import OpenedReview

_MARGIN: Final = 60.0
"""Clocks of the worker and the review service may differ by so many seconds."""
_ROUNDING: Final = 1.0
"""Seconds; a list may be asked for whole ones only."""
_NAMED: Final = 5
"""An error names so many of the loops that are not there."""


class OpenReviews:
    """Follows the loops of a night until none is open.

    A sweep lists the loops of the flow definition from the oldest one still open, oldest first, and tells this what
    it saw. Loops a whole sweep did not show are asked for one by one: a list may lag behind, a loop may be deleted.

    Of each open loop it keeps the name and a number, so that a hundred thousand take some 20 MB of a triggerer that
    many nights share.
    """

    def __init__(self, loops: Iterable[OpenedReview] = ()) -> None:
        # Where a sweep has to begin to show the loop, in seconds since 1970; None if that is not known.
        self._from: dict[str, float | None] = {}
        self._names: set[str] = set()
        self._unseen: set[str] = set()
        self.total = 0
        self.ended: dict[str, int] = {}
        self._missing_count = 0
        self._missing: list[str] = []
        for loop in loops:
            self.add(loop)

    def add(self, loop: OpenedReview) -> None:
        """Follow one more loop; one that was refused is not there to follow."""
        if not loop.is_there or loop.review_name in self._names:
            return
        self._names.add(loop.review_name)
        self._from[loop.review_name] = None if loop.created is None else loop.created.timestamp() - _MARGIN
        self._unseen.add(loop.review_name)
        self.total += 1

    @property
    def open(self) -> int:
        """How many loops are still open."""
        return len(self._from)

    @property
    def since(self) -> datetime | None:
        """Where the next sweep begins: a little before the oldest loop still open was created."""
        known = [begin for begin in self._from.values() if begin is not None]
        return datetime.fromtimestamp(min(known), UTC) if len(known) == len(self._from) and known else None

    def knows(self, name: str) -> bool:
        """Say whether a loop is of this night, open or ended."""
        return name in self._names

    def is_open(self, name: str) -> bool:
        """Say whether a loop is of this night and still open."""
        return name in self._from

    def begin_sweep(self) -> None:
        """Forget which loops the last sweep showed."""
        self._unseen = set(self._from)

    def see(self, name: str, status: str, created: datetime) -> None:
        """Take in one loop of a sweep; loops of other nights are none of ours."""
        if name not in self._from:
            return
        self._unseen.discard(name)
        if status in OPEN_STATUSES:
            # The service's own clock said so: a list from there on needs no margin but the rounding of times.
            self._from[name] = created.timestamp() - _ROUNDING
        else:
            self.end(name, status)

    def take(self, name: str, description: Mapping[str, Any] | None) -> None:
        """Take in DescribeHumanLoop's answer about one open loop, None if it was deleted."""
        if description is None:
            self._missing_count += 1
            if len(self._missing) < _NAMED:
                self._missing.append(name)
            self.end(name, "Deleted")
        else:
            self.see(name, description["HumanLoopStatus"], description["CreationTime"])

    def end(self, name: str, status: str) -> None:
        """Note that a loop is not open any more."""
        del self._from[name]
        self._unseen.discard(name)
        self.ended[status] = self.ended.get(status, 0) + 1

    def check_there(self) -> None:
        """Raise ReviewsMissingError if there are loops to follow and the service has none of them."""
        if self.total and self._missing_count == self.total:
            more = self.total - len(self._missing)
            names = ", ".join(self._missing) + (f" and {more} more" if more else "")
            raise ReviewsMissingError(
                f"None of the human loops to wait for is there: {names}. Does the connection name the service "
                "they were started at? If they were deleted on purpose, mark this task as success: nobody will answer."
            )

    @property
    def all_seen(self) -> bool:
        """Whether the sweep has shown every open loop."""
        return not self._unseen

    @property
    def unseen(self) -> list[str]:
        """The open loops that the sweep has not shown so far."""
        return sorted(self._unseen)

    def summary(self) -> dict[str, int]:
        """Return counts for the log and for XCom."""
        return {
            "loops": self.total,
            "completed": self.ended.get("Completed", 0),
            "failed": sum(count for status, count in self.ended.items() if status != "Completed"),
            "open": self.open,
        }
