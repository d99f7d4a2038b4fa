"""Reads a night's files as the domain's rows; it imports the domain inside functions, because that costs numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import NightIncompleteError, ObjectMissingError
from nightloop.domain.reviews.opened import OpenedReview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.detection.selection import PlannedReview


def raw_lines(store: ObjectStore, uri: str) -> Iterator[bytes]:
    """Read the lines of a night's file one at a time, even from a large file.

    :raises NightIncompleteError: if the object is not there.
    """
    try:
        yield from store.read_lines(uri)
    except ObjectMissingError as error:
        message = f"{uri} is not there. Clear the task that writes it and the tasks after it."
        raise NightIncompleteError(message) from error


def iterate_lines(store: ObjectStore, uri: str) -> Iterator[dict[str, Any]]:
    """Read JSON Lines one at a time.

    :raises NightIncompleteError: if the object is not there.
    """
    from nightloop.domain.rows.jsonl import load_rows

    return load_rows(raw_lines(store, uri), source=uri)


def read_lines(store: ObjectStore, uri: str) -> list[dict[str, Any]]:
    """Read JSON Lines.

    :raises NightIncompleteError: if the object is not there.
    """
    return list(iterate_lines(store, uri))


def iterate_predictions(store: ObjectStore, files: NightFiles) -> Iterator[Prediction]:
    """Read what the model saw in all chunks, one image at a time, in the order of the list."""
    from nightloop.domain.detection.boxes.predictions import Prediction

    for stored in store.list(files.predictions_folder):
        yield from map(Prediction.from_json, iterate_lines(store, stored.uri))


def iterate_plan(store: ObjectStore, files: NightFiles) -> Iterator[PlannedReview]:
    """Read the night's plan, one image at a time."""
    from nightloop.domain.detection.selection import PlannedReview

    return map(PlannedReview.from_json, iterate_lines(store, files.plan))


def iterate_planned_reviews(store: ObjectStore, files: NightFiles) -> Iterator[PlannedReview]:
    """Read the planned reviews that people are asked for, one at a time, in the order of the plan."""
    return (review for review in iterate_plan(store, files) if review.is_reviewed)


def iterate_opened_reviews(store: ObjectStore, files: NightFiles) -> Iterator[OpenedReview]:
    """Read the reviews the night opened, one at a time, in the order of the plan."""
    return (OpenedReview.from_json(line) for line in iterate_lines(store, files.reviews))


def read_opened_reviews(store: ObjectStore, files: NightFiles) -> list[OpenedReview]:
    """Read the reviews the night opened."""
    return list(iterate_opened_reviews(store, files))
