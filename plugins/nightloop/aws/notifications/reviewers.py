"""What reviewers are told, and when: that work waits, and that their deadline is near."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from nightloop.aws.notifications.delivery import Delivery
from nightloop.aws.notifications.notice import Notice
from nightloop.config import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.config import LoopConfig

WORK_WAITS: Final = "work-waits"
MOST_TRIES: Final = 3
"""How many sweeps try a channel that fails."""


@dataclass(frozen=True, kw_only=True)
class ReviewerNotices:
    """The notices of one loop's reviewers.

    :param loop: The loop's name.
    :param workteam_arn: The work team, for the address of its portal.
    :param channels: How to reach them.
    :param remind_before_minutes: How long before the deadline to remind them of open reviews.
    :param timezone: The time zone in which the deadline is written.
    """

    loop: str
    workteam_arn: str
    channels: tuple[Channel, ...]
    remind_before_minutes: tuple[int, ...] = ()
    timezone: str = "UTC"

    @classmethod
    def of(cls, config: LoopConfig) -> ReviewerNotices | None:
        """Take the settings from a loop's file; None if nobody is to be told."""
        if not config.notify.reviewers:
            return None
        return cls(
            loop=config.name,
            workteam_arn=config.review.workteam_arn,
            channels=config.notify.reviewers,
            remind_before_minutes=config.notify.remind_before_minutes,
            timezone=config.deadline_timezone,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self) | {
            "channels": [asdict(channel) for channel in self.channels],
            "remind_before_minutes": list(self.remind_before_minutes),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ReviewerNotices:
        """Rebuild what `to_json` returned."""
        return cls(
            **dict(values)
            | {
                "channels": tuple(Channel(**channel) for channel in values["channels"]),
                "remind_before_minutes": tuple(values["remind_before_minutes"]),
            }
        )

    def due(self, now: datetime, opened: datetime, deadline: datetime) -> str | None:
        """Return the key of the notice whose time has come; of several, the latest one only.

        A reminder whose time was before the reviews were opened is left out.
        """
        moments = {opened: WORK_WAITS}
        for minutes in self.remind_before_minutes:
            moments[deadline - timedelta(minutes=minutes)] = f"{minutes}-minutes-left"
        passed = [moment for moment in moments if opened <= moment <= now < deadline]
        return moments[max(passed)] if passed else None

    def write(self, key: str, *, open_reviews: int, portal: str | None, deadline: datetime, night: str) -> Notice:
        """Write the notice of a key."""
        until = deadline.astimezone(ZoneInfo(self.timezone)).strftime("%A %d %B, %H:%M %Z")
        images = "1 image waits" if open_reviews == 1 else f"{open_reviews} images wait"
        first = f"{images} for review ({self.loop}, night of {night})."
        if key == WORK_WAITS:
            subject = f"{images} for your review until {until}"
        else:
            subject = f"Reminder: {images} for your review until {until}"
        lines = [first, f"Answers by {until} are learned from tonight; later ones a night later."]
        return Notice(key, subject, "\n".join([*lines, *([f"Begin here: {portal}"] if portal else [])]))


class Reminding:
    """Tells the reviewers of one night what is due, while the night waits for them.

    :param folder: The folder of the marks of what was sent, an S3 URI.
    :param opened: When the reviews were opened.
    :param portal: Where reviewers work, None if that is not known.
    """

    def __init__(
        self,
        notices: ReviewerNotices,
        store: ObjectStore,
        *,
        folder: str,
        night: str,
        opened: datetime,
        deadline: datetime,
        portal: str | None,
    ) -> None:
        self.notices = notices
        self.delivery = Delivery(store, folder, notices.channels)
        self.night = night
        self.opened = opened
        self.deadline = deadline
        self.portal = portal
        self._tries: Counter[str] = Counter()

    def tell(self, open_reviews: int, now: datetime) -> None:
        """Send the notice whose time has come, if it was not sent yet and reviews are still open."""
        key = self.notices.due(now, self.opened, self.deadline) if open_reviews else None
        if key is None or self._tries[key] >= MOST_TRIES:
            return
        self._tries[key] += 1
        notice = self.notices.write(
            key, open_reviews=open_reviews, portal=self.portal, deadline=self.deadline, night=self.night
        )
        if self.delivery.deliver(notice):
            self._tries[key] = MOST_TRIES
