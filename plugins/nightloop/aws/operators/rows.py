"""Reading a night's files as the domain's rows; imports of the domain stay inside, they cost numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import NightIncompleteError, ObjectMissingError
from nightloop.aws.reviews import OpenedLoop

if TYPE_CHECKING:
    from nightloop.aws.layout import NightFiles
    from nightloop.aws.store import NightStore
    from nightloop.loop.images import Image
    from nightloop.loop.predictions import Prediction
    from nightloop.loop.selection import PlannedReview


def read_lines(store: NightStore, uri: str) -> list[dict[str, Any]]:
    """Read JSON Lines.

    :raises NightIncompleteError: if the object is not there.
    """
    from nightloop.loop.jsonl import loads_lines

    try:
        body = store.read(uri)
    except ObjectMissingError as error:
        raise NightIncompleteError(f"{uri} is not there. Clear the task that writes it and what follows.") from error
    return loads_lines(body, source=uri)


def read_images(store: NightStore, files: NightFiles) -> list[Image]:
    """Read the night's images, in the order they were listed."""
    from nightloop.loop.images import Image

    return [Image.from_json(line) for line in read_lines(store, files.images)]


def read_predictions(store: NightStore, files: NightFiles) -> list[Prediction]:
    """Read what the model saw in all chunks."""
    from nightloop.loop.predictions import Prediction

    chunks = [stored.uri for stored in store.list(files.predictions_folder)]
    return [Prediction.from_json(line) for chunk in chunks for line in read_lines(store, chunk)]


def read_plan(store: NightStore, files: NightFiles) -> list[PlannedReview]:
    """Read the night's planned reviews."""
    from nightloop.loop.selection import PlannedReview

    return [PlannedReview.from_json(line) for line in read_lines(store, files.plan)]


def read_loops(store: NightStore, files: NightFiles) -> list[OpenedLoop]:
    """Read the human loops of the night."""
    return [OpenedLoop.from_json(line) for line in read_lines(store, files.loops)]
