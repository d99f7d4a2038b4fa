"""Sends a notice over all channels: each at least once, and twice only after a crash."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from nightloop.aws.errors import NightloopError
from nightloop.aws.notifications.notice import send
from nightloop.aws.storage.layout import NoticeFiles
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nightloop.aws.notifications.notice import Notice
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.config import Channel

log = logging.getLogger(__name__)


class Delivery:
    """Sends notices and marks in S3 what was sent.

    The mark is written after the channel took the notice, so a retry or a clear sends nothing again. A crash between
    the two, or two tries at the same moment, send it twice. A channel that fails is logged and never fails its task.

    :param folder: The folder of the marks of one night or run, an S3 URI.
    """

    def __init__(self, store: ObjectStore, folder: str, channels: Sequence[Channel]) -> None:
        self.store = store
        self.folder = folder
        self.channels = channels

    def deliver(self, notice: Notice) -> bool:
        """Send a notice over the channels that have not had it; return whether all have it now."""
        delivered = [self._deliver(channel, notice) for channel in self.channels]
        return all(delivered)

    def _deliver(self, channel: Channel, notice: Notice) -> bool:
        mark = NoticeFiles(self.folder).mark(notice.key, self.channels.index(channel))
        try:
            if self._is_marked(mark):
                return True
            send(channel, notice)
        except Exception:
            log.exception("%r could not be sent via %s to %s", notice.subject, channel.via, channel.to or "its channel")
            return False
        log.info("Sent %r via %s to %s", notice.subject, channel.via, channel.to or "its channel")
        self._write_mark(mark, channel)
        return True

    def _is_marked(self, mark: str) -> bool:
        try:
            return self.store.describe(mark) is not None
        except NightloopError as error:
            log.warning("It is not known whether this notice was sent before: %s", error)
            return False

    def _write_mark(self, mark: str, channel: Channel) -> None:
        try:
            self.store.write_once(mark, json.dumps({"via": channel.via, "to": channel.to}).encode(), JSON)
        except NightloopError as error:
            log.warning("This notice may be sent again, because its mark could not be written: %s", error)
