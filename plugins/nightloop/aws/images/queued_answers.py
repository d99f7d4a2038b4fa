"""The requests of one chunk at an asynchronous endpoint, and their answers in S3."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.images.preparing import answered, unanswered
from nightloop.aws.storage import uris
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction

_FAILURES_AT_ONCE: Final = 8
"""Failure objects have names of SageMaker's choice, so each is looked for by itself: those of the oldest requests."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: which prepared image it is about, where its answer will be written, and where a failure."""

    image: str
    output: str
    failure: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return asdict(self)


class QueuedAnswers:
    """Looks for the answers to the requests of one chunk.

    :param asked_uri: Where the requests are written down.
    """

    def __init__(self, store: ObjectStore, asked_uri: str) -> None:
        self.store = store
        self.asked_uri = asked_uri

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """The requests by their image, in the order they were made."""
        return {row["image"]: Asked(**row) for row in iterate_lines(self.store, self.asked_uri)}

    @cached_property
    def _open(self) -> list[Asked]:
        return list(self.asked.values())

    def count_open(self) -> int:
        """Look once; return how many requests have neither an answer nor a failure.

        At most 8 failures are seen at each look, so the number may be too high, never too low.
        """
        if self._open:
            folder = uris.shared_folder(request.output for request in self.asked.values())
            written = {stored.uri for stored in self.store.list(folder)}
            self._open = [request for request in self._open if request.output not in written]
        failed = {request.image for request in self._open[:_FAILURES_AT_ONCE] if self._has_failed(request)}
        self._open = [request for request in self._open if request.image not in failed]
        return len(self._open)

    def _has_failed(self, request: Asked) -> bool:
        return request.failure is not None and self.store.describe(request.failure) is not None

    def read(self, prepared: Prediction, *, classes: tuple[str, ...], model: str) -> Prediction:
        """Return what the model saw in a prepared image, or why there is nothing.

        :raises NightIncompleteError: if there is no answer yet.
        """
        if prepared.error is not None:
            return replace(prepared, model=model)
        request = self.asked[prepared.image.uri]
        body = self.store.read_if_there(request.output)
        if body is not None:
            return answered(prepared, body, classes=classes, model=model)
        failure = None if request.failure is None else self.store.read_if_there(request.failure)
        if failure is None:
            raise NightIncompleteError(f"{request.output} is not there any more, and {self.asked_uri} names it.")
        return unanswered(prepared, model, failure.decode(errors="replace").strip())
