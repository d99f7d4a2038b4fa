"""Switches of a service under test: faults on order, and a history of what it committed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services.awswire import Dropped, ServiceError
from services.faults import EVENT_KINDS, WIRE_KINDS, Faults, History
from services.faults.calls import CallsUnderTest
from services.faults.guard import WARNING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from services.review.config.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class UnderTest:
    """The switches; both are None in production."""

    faults: Faults | None = None
    history: History | None = None

    @classmethod
    def of(cls, settings: Settings) -> UnderTest:
        """Create what the settings ask for, and log it."""
        faults = None
        if settings.faults_token:
            faults = Faults((*WIRE_KINDS, *EVENT_KINDS, "clock"))
            logger.warning(WARNING)
        history = History(Path(settings.history)) if settings.history else None
        return cls(faults, history)

    def calls(self) -> CallsUnderTest | None:
        """Create the guard around every call of the API; None if nothing is tested."""
        if self.faults is None and self.history is None:
            return None
        return CallsUnderTest(self.faults, self.history, refuse=ServiceError, drop=Dropped)

    def clock(self, clock: Callable[[], datetime]) -> Callable[[], datetime]:
        """Create the clock of the whole service; a test may set it wrong."""
        if self.faults is None:
            return clock
        faults = self.faults
        return lambda: clock() + timedelta(seconds=faults.clock_offset)
