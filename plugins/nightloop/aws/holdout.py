"""What Batch Transform wrote for the holdout, as the domain's predictions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import HoldoutChangedError, ObjectMissingError, TransformOutputError
from nightloop.loop import naming

if TYPE_CHECKING:
    from nightloop.aws.cohorts import Cohorts
    from nightloop.aws.store import NightStore
    from nightloop.loop.predictions import Prediction

_READERS: Final = 8


def check_images(cohorts: Cohorts, *transforms: dict[str, str]) -> str:
    """Return the digest of the holdout's images as `cohorts` found them: models were run over just these.

    :param transforms: What `TransformOperator` returned.
    :raises HoldoutChangedError: if an image was replaced, added or taken away since.
    """
    now = naming.images_digest(cohorts.holdout_versions)
    for transform in transforms:
        if transform.get("images", now) != now:
            raise HoldoutChangedError(
                f"The images of the holdout {cohorts.settings.holdout} are others than those that model "
                f"{transform['model']} was run over. Leave them as they are now and clear the transform tasks: they "
                "run anew, over these."
            )
    return now


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
    from nightloop.loop.errors import ResponseError
    from nightloop.loop.images import Image
    from nightloop.loop.manifest import image_size
    from nightloop.loop.predictions import from_endpoint

    uri = output_of(transform, line["source-ref"])
    try:
        answer = json.loads(store.read(uri))
        width, height = image_size(line, attribute)
        return from_endpoint(answer, width, height, classes, Image(line["source-ref"], "", 0), transform["model"])
    except (ObjectMissingError, ValueError, ResponseError) as error:
        raise TransformOutputError(
            f"{uri} is not a result ({error}). Delete {transform['output']} and the images it lacks from the holdout, "
            "or train anew."
        ) from error
