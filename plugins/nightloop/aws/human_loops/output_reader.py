"""Reads the reviewers' output.json, which may appear a little later than its human loop's status says."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from nightloop.aws.errors import ObjectMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.reviews.outcome import ReviewOutcome

_PAUSE_SECONDS: Final = 0.5
_Found = TypeVar("_Found")

log = logging.getLogger(__name__)


class ReviewOutputs:
    """Reads outputs and waits for late ones, `patience_seconds` for all of them together.

    A review without output by then counts as still open, so that a later night takes its answer: what people did is
    never dropped. Several threads may use it.
    """

    def __init__(self, store: ObjectStore, patience_seconds: float) -> None:
        self._store = store
        self._patience_seconds = patience_seconds
        self._deadline: float | None = None
        self._lock = Lock()

    def settled(self, outcome: ReviewOutcome) -> ReviewOutcome:
        """Return an outcome that can be kept: completed only if the output is there."""
        if outcome.status != "Completed" or outcome.output is None:
            return outcome
        uri = outcome.output
        if self._awaited(lambda: self._store.describe(uri)) is not None:
            return outcome
        log.warning("%s is completed and %s is not there yet: a later night takes it.", outcome.review_name, uri)
        return replace(outcome, status="InProgress", output=None)

    def read(self, uri: str) -> bytes:
        """Return the bytes of an output.

        :raises ObjectMissingError: if it does not come.
        """
        body = self._awaited(lambda: self._store.read_if_there(uri))
        if body is None:
            raise ObjectMissingError(f"{uri} does not exist.")
        return body

    def _awaited(self, look: Callable[[], _Found | None]) -> _Found | None:
        while (found := look()) is None and self._may_wait():
            time.sleep(_PAUSE_SECONDS)
        return found

    def _may_wait(self) -> bool:
        with self._lock:
            if self._deadline is None:
                self._deadline = time.monotonic() + self._patience_seconds
            return time.monotonic() < self._deadline
