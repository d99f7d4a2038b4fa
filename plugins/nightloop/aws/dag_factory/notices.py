"""Who hears how a loop's runs end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.notifications.owners_notifier import OwnersNotifier

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


def owners_told_of(outcome: Literal["failed", "finished"], loop: LoopConfig) -> OwnersNotifier | None:
    """Return the callback that tells the owners of a loop; None if the loop's file names none."""
    owners = loop.notify.owners
    folder = loop_files(loop).notices
    return OwnersNotifier(outcome=outcome, loop=loop.name, channels=owners, folder=folder) if owners else None
