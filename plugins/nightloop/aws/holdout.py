"""What Batch Transform wrote for the holdout, as the domain's predictions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import ObjectMissingError, TransformOutputError

if TYPE_CHECKING:
    from nightloop.aws.store import NightStore
    from nightloop.loop.predictions import Prediction

_READERS: Final = 8


def read_results(
    store: NightStore, transform: dict[str, str], lines: list[dict[str, Any]], classes: tuple[str, ...], attribute: str
) -> list[Prediction]:
    """Read the result of each holdout image.

    :param transform: What `TransformOperator` returned.
    :param lines: The holdout's manifest lines.
    :raises TransformOutputError: if an image has none, or an unreadable one.
    """
    _ = store.client

    def read(line: dict[str, Any]) -> Prediction:
        return _result(store, transform, line, classes, attribute)

    with ThreadPoolExecutor(_READERS, thread_name_prefix="holdout") as pool:
        return list(pool.map(read, lines))


def output_of(transform: dict[str, str], source_ref: str) -> str:
    """Return where Batch Transform wrote the result of an image."""
    return f"{transform['output']}{source_ref.removeprefix(transform['folder'])}.out"


def _result(
    store: NightStore, transform: dict[str, str], line: dict[str, Any], classes: tuple[str, ...], attribute: str
) -> Prediction:
    from nightloop.loop.errors import ManifestError, ResponseError, RowError
    from nightloop.loop.images import Image
    from nightloop.loop.manifest_reader import image_size
    from nightloop.loop.predictions import from_endpoint

    uri = output_of(transform, line["source-ref"])
    try:
        width, height = image_size(line, attribute)
    except RowError as error:
        raise ManifestError(error.message, source="holdout", image=line["source-ref"]) from error
    try:
        answer = json.loads(store.read(uri))
        return from_endpoint(answer, width, height, classes, Image(line["source-ref"], "", 0), transform["model"])
    except (ObjectMissingError, ValueError, ResponseError) as error:
        raise TransformOutputError(
            f"{uri} is not a result ({error}). Delete {transform['output']} and the images it lacks from the holdout, "
            "or train anew."
        ) from error
