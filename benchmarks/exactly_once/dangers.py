"""What befalls a try: death at a random moment, death between commit and reply, or a reply that is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from tests.integration.faults.stack import StackUnderTest

HOLD_SECONDS = 10.0


@dataclass(frozen=True)
class Commit:
    """A call by which a step commits something; `most` is how often it makes it."""

    service: str
    operation: str
    name: str = "*"
    most: int = 1


class AtSomeTime:
    """Kill at a random moment of the time the step usually takes, or shortly after it is done."""

    kind = "at a random moment"

    def __init__(self, chance: Random, usual_seconds: float) -> None:
        self._seconds = chance.uniform(0, 1.15 * usual_seconds)

    def time_is_up(self, seconds: float) -> bool:
        return seconds >= self._seconds

    def over(self) -> None:
        """Leave nothing behind."""


class BetweenCommitAndReply:
    """Kill when a service has committed a call and holds its reply back."""

    kind = "between commit and reply"
    fault = "hold-after"

    def __init__(self, chance: Random, stack: StackUnderTest, commits: tuple[Commit, ...]) -> None:
        self._stack = stack
        commit = chance.choice(commits)
        self._service = commit.service
        self._history = stack.history_path(commit.service)
        self._begin = self._history.stat().st_size
        stack.order(
            commit.service,
            commit.operation,
            self.fault,
            name=commit.name,
            skip=chance.randrange(commit.most),
            seconds=HOLD_SECONDS,
        )

    def time_is_up(self, seconds: float) -> bool:
        return self.happened()

    def happened(self) -> bool:
        """Look for the reply that is held back, or lost, where the service tells of what it committed: its history."""
        with self._history.open("rb") as file:
            file.seek(self._begin)
            return f'"fault": "{self.fault}"'.encode() in file.read()

    def over(self) -> None:
        """Forget an order that no call has met."""
        self._stack.forget(self._service)


class ReplyLost(BetweenCommitAndReply):
    """Lose the reply to a call that is committed; the process lives on."""

    kind = "reply lost"
    fault = "reset-after"

    def time_is_up(self, seconds: float) -> bool:
        return False


class Peace:
    """Let the step be done."""

    kind = "in peace"

    def time_is_up(self, seconds: float) -> bool:
        return False

    def over(self) -> None:
        """Leave nothing behind."""
