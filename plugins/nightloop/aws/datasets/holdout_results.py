"""What Batch Transform wrote for the holdout, as the domain's predictions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import (
    HoldoutChangedError,
    HoldoutError,
    ObjectMissingError,
    TransformOutputError,
    UnreadableImageError,
)
from nightloop.aws.storage.layout import TransformFiles
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from nightloop.aws.datasets.cohorts import Cohorts
    from nightloop.aws.results.training import Transformed
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction

_READERS: Final = 8


def check_images(cohorts: Cohorts, *transforms: Transformed) -> str:
    """Return the digest of the holdout's images as `cohorts` found them, and as models were run over them.

    :param transforms: What `TransformOperator` returned.
    :raises HoldoutChangedError: if an image was replaced, added or deleted since.
    """
    now = naming.images_digest(cohorts.holdout_versions)
    for transform in transforms:
        if transform.get("images", now) != now:
            raise HoldoutChangedError(
                f"The images of the holdout {cohorts.settings.holdout} are no longer those that model "
                f"{transform['model']} was run over. Leave them as they are now and clear the transform tasks: they "
                "run again, over these images."
            )
    return now


def read_results(
    store: ObjectStore, transform: Transformed, lines: list[dict[str, Any]], classes: tuple[str, ...], attribute: str
) -> list[Prediction]:
    """Read the result of each holdout image.

    :param transform: What `TransformOperator` returned.
    :param lines: The holdout's manifest lines.
    :raises TransformOutputError: if an image has no result, or an unreadable one.
    :raises HoldoutError: if an image does not have the size that its line says.
    """
    copies = read_copies(store, transform)

    def read(line: dict[str, Any]) -> Prediction:
        size, ref = _checked_size(store, line, attribute), str(line["source-ref"])
        return _result(store, transform, ref, output_of(transform, copies.get(ref, ref)), size, classes)

    with ThreadPoolExecutor(_READERS, thread_name_prefix="holdout") as pool:
        return list(pool.map(read, lines))


def read_copies(store: ObjectStore, transform: Transformed) -> dict[str, str]:
    """Return which images a transform job read as a copy, by address."""
    copies: dict[str, str] = json.loads(store.read(transform["copies"])) if "copies" in transform else {}
    return copies


def output_of(transform: Transformed, scored: str) -> str:
    """Return where Batch Transform wrote the result of what it scored: an image, or its copy."""
    return TransformFiles(transform["output"]).result(scored, transform["folder"])


def _checked_size(store: ObjectStore, line: dict[str, Any], attribute: str) -> tuple[int, int]:
    """Return a line's size if its picture still has it: only boxes on the same pixels can be compared."""
    from nightloop.aws.images.decoding import upright_size
    from nightloop.domain.detection.manifest.holdout import size_problem
    from nightloop.domain.detection.manifest.reader import image_size
    from nightloop.domain.errors import ManifestError, RowError

    ref = str(line["source-ref"])
    try:
        declared = image_size(line, attribute)
    except RowError as error:
        raise ManifestError(error.message, source="holdout", image=ref) from error
    try:
        body = store.read_if_there(ref)  # an image deleted after it was scored had the size that was checked
        problem = None if body is None else size_problem(declared, upright_size(body))
    except UnreadableImageError as error:
        problem = f"cannot be measured on: {error}"
    if problem:
        raise HoldoutError(f"{ref} of the holdout {problem}. Correct it or its line, then clear this task.")
    return declared


def _result(  # noqa: PLR0917
    store: ObjectStore, transform: Transformed, ref: str, uri: str, size: tuple[int, int], classes: tuple[str, ...]
) -> Prediction:
    from nightloop.domain.detection.boxes.predictions import from_endpoint
    from nightloop.domain.errors import ResponseError
    from nightloop.domain.images.image import Image

    try:
        answer = json.loads(store.read(uri))
        return from_endpoint(answer, *size, classes, Image(ref, "", 0), transform["model"])
    except (ObjectMissingError, ValueError, ResponseError) as error:
        raise TransformOutputError(
            f"{uri} is not a result ({error}). Delete {transform['output']}, take the images it lacks out of the "
            "holdout, or train again."
        ) from error
