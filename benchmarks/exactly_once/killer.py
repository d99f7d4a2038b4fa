"""Gets steps done though their processes are killed again and again, and keeps count."""

from __future__ import annotations

import math
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.exactly_once.attempts import attempt
from benchmarks.exactly_once.dangers import AtSomeTime, BetweenCommitAndReply, Peace, ReplyLost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from benchmarks.exactly_once.dangers import Commit
    from tests.integration.faults.stack import StackUnderTest

MOST_KILLS_OF_A_STEP = 8
MOST_KILLS_OF_A_STEP_THAT_WAITS = 3
MOST_TRIES = 40
_WEIGHTS = {AtSomeTime: 5, BetweenCommitAndReply: 4, ReplyLost: 1}
_FIRST_GUESS_SECONDS = 0.5
_PROGRESS_SECONDS = 20.0


class StepNotDone(Exception):  # noqa: N818 - it says what happened
    """A step failed in a way that no retry mends, or was not done after very many tries."""


@dataclass
class Killer:
    """Runs each step in a process of its own until one of them is done with it.

    It has enough after `wanted` kills, or when `minutes` are over.
    """

    stack: StackUnderTest
    chance: Random
    wanted: int
    log: Path
    minutes: float = math.inf
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    tries: int = 0
    lost_replies: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    _seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _begun: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)

    @property
    def killed(self) -> int:
        return sum(self.kills.values())

    @property
    def satisfied(self) -> bool:
        return self.killed >= self.wanted or time.monotonic() - self._begun > 60 * self.minutes

    def do(self, name: str, step: Callable[[], Any], *commits: Commit) -> Any:
        """Return what the step returned in the process that was let live; raises StepNotDone."""
        kills = 0
        for _ in range(MOST_TRIES):
            danger = self._danger(name, commits, kills)
            try:
                ended = attempt(step, self.log, danger.time_is_up)
            finally:
                danger.over()
            self.tries += 1
            self.lost_replies += isinstance(danger, ReplyLost) and danger.happened()
            self._tell()
            if ended.done:
                self._seconds[name].append(ended.seconds)
                return ended.value
            if ended.killed and not isinstance(danger, AtSomeTime | BetweenCommitAndReply):
                raise StepNotDone(f"{name} did not end")
            if ended.killed:
                kills += 1
                self.kills[name, danger.kind] += 1
            elif ended.error.startswith("not to be"):
                raise StepNotDone(f"{name}: {ended.error}")
            else:
                self.errors[ended.error] += 1
        raise StepNotDone(f"{name} was not done after {MOST_TRIES} tries")

    def do_in_peace(self, name: str, step: Callable[[], Any]) -> Any:
        """Return what a step returned that nothing befell; raises StepNotDone."""
        ended = attempt(step, self.log, Peace().time_is_up)
        if not ended.done:
            raise StepNotDone(f"{name}: {ended.error or 'did not end'}")
        return ended.value

    def _danger(
        self, name: str, commits: tuple[Commit, ...], kills: int
    ) -> AtSomeTime | BetweenCommitAndReply | ReplyLost | Peace:
        most = MOST_KILLS_OF_A_STEP if commits else MOST_KILLS_OF_A_STEP_THAT_WAITS
        if self.satisfied or kills >= most:
            return Peace()
        kinds = [kind for kind in _WEIGHTS if commits or kind is AtSomeTime]
        (kind,) = self.chance.choices(kinds, [_WEIGHTS[kind] for kind in kinds])
        if kind is AtSomeTime:
            seconds = self._seconds[name]
            return AtSomeTime(self.chance, statistics.median(seconds) if seconds else _FIRST_GUESS_SECONDS)
        return kind(self.chance, self.stack, commits)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            print(f"{self.killed} of {self.wanted} kills, {self.tries} tries, {now - self._begun:.0f} s", flush=True)
