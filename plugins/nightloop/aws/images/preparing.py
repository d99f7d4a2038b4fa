"""Images that are scored later: looked at now, given to a model by their addresses, and answered afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.images.scoring import BAD_ANSWER, Looker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.images.image import Image

NO_MODEL: Final = ""
"""The model of a prepared image: none has seen it yet."""

NO_ANSWER: Final = "ModelError"
"""The code of an image that a model gave no answer for, as the live endpoint's is."""


class Preparer(Looker):
    """Looks at images for a model that reads them from S3 itself; `prepare` may run in several threads.

    :param normalised: Folder for upright RGB copies.
    """

    def __init__(self, *, store: ObjectStore, normalised: str) -> None:
        super().__init__(store=store, model=NO_MODEL, normalised=normalised)

    def prepare(self, image: Image) -> Prediction:
        """Return an image's size and appearance as a prediction of no model, or why there is nothing to score.

        The prediction's `image.uri` is the address that a model must read: the image, or its upright copy.
        """
        from nightloop.domain.detection.boxes.predictions import Prediction

        looked = self.look(image)
        if not isinstance(looked, tuple):
            return looked
        shown, picture = looked
        hashed, note = picture.perceptual_hash, picture.note
        return Prediction(shown, NO_MODEL, picture.width, picture.height, (), perceptual_hash=hashed, note=note)


def prepare_chunk(store: ObjectStore, normalised: str, images: Iterable[Image], uri: str, *, threads: int) -> None:
    """Write what the images of a chunk look like, once.

    :param uri: Where it is written.
    """
    from nightloop.domain.rows.jsonl import dump_rows

    # The client is made here, in the task's own thread: making one asks Airflow for the connection.
    _ = store.client
    preparer = Preparer(store=store, normalised=normalised)
    prepared = map_in_order(preparer.prepare, images, threads=threads, name="prepare")
    store.write_lines_once(uri, dump_rows(prepared))


def answered(prepared: Prediction, body: bytes, *, classes: tuple[str, ...], model: str) -> Prediction:
    """Return what a model saw in a prepared image.

    :param body: The model's answer, the bytes the live endpoint would have given.
    """
    from nightloop.domain.detection.boxes.predictions import from_endpoint
    from nightloop.domain.errors import ResponseError

    try:
        answer = json.loads(body)
    except ValueError:
        return unanswered(prepared, model, f"the model's answer is not JSON: {body[:200]!r}")
    if not isinstance(answer, dict):
        return unanswered(prepared, model, f"the model's answer is not a JSON object: {body[:200]!r}")
    try:
        seen = from_endpoint(answer, *prepared.size, classes, prepared.image, model)
    except ResponseError as error:
        return unanswered(prepared, model, error.message, BAD_ANSWER)
    return replace(seen, perceptual_hash=prepared.perceptual_hash, note=prepared.note)


def unanswered(prepared: Prediction, model: str, message: str, code: str = NO_ANSWER) -> Prediction:
    """Return the result of a prepared image that a model gave no usable answer for."""
    from nightloop.domain.detection.boxes.predictions import Prediction

    return Prediction.failed(prepared.image, model, code, message)
