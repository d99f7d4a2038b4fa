"""Checks a holdout before anything is paid for, and gives transform jobs pictures that they can read."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from nightloop.aws.errors import HoldoutError
from nightloop.aws.images.decoding import read_picture
from nightloop.aws.storage import uris
from nightloop.aws.storage.layout import NormalisedFiles
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from nightloop.aws.datasets.cohorts import Cohorts
    from nightloop.aws.results.training import CheckedHoldout
    from nightloop.domain.images.fingerprints import Fingerprint

_NAMED: Final = 20
_SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png"}

log = logging.getLogger(__name__)


def check_holdout(cohorts: Cohorts, minimum_images: int = 1) -> CheckedHoldout:
    """Check that every model can be measured on the holdout: its lines, and each of its pictures.

    Returns how many images it has, and how many objects of each class.

    :param minimum_images: With fewer images, nothing could be decided.
    :raises HoldoutError: naming each image at fault, and what is wrong with it.
    """
    from nightloop.domain.detection.manifest.holdout import holdout_problems, objects_per_class

    lines, settings = cohorts.holdout_lines, cohorts.settings
    refs = [str(line["source-ref"]) for line in lines]
    known = cohorts.fingerprints.of([*refs, *(unquote(ref) for ref in refs if "%" in ref)])
    problems = holdout_problems(lines, known, settings.attribute)
    _refuse(settings.holdout, problems)
    if len(lines) < minimum_images:
        raise HoldoutError(
            f"The holdout {settings.holdout} has {len(lines)} images; with fewer than {minimum_images} "
            "(gate.min_holdout_images) no model can be proven better. Add images to it, or lower that; nothing was "
            "started."
        )
    return {"images": len(lines), "objects": objects_per_class(lines, settings.classes, settings.attribute)}


def readable_copies(cohorts: Cohorts) -> dict[str, str]:
    """Return which of the holdout's images a transform job reads as a copy, by address; make the copies.

    As with the images of a night, there is a copy of each image that not every program reads alike or that is too large
    for a request. A job reads from one bucket only, so there is also a copy of each image outside the loop's bucket.

    :raises HoldoutError: naming each image that is gone or cannot be read.
    """
    refs = sorted(cohorts.holdout_refs)
    known = cohorts.fingerprints.of(refs)
    lost = [f"{ref} is not there" for ref in refs if ref not in known]
    unread = [f"{one.uri} cannot be measured on: {one.error}" for one in known.values() if one.appearance is None]
    _refuse(cohorts.settings.holdout, lost + unread)
    own = uris.split(cohorts.files.folder)[0]
    copied = [one for one in known.values() if not one.plain]
    buckets = {uris.split(ref)[0] for ref in known} | ({own} if copied else set())
    if len(buckets) > 1:
        copied += [one for one in known.values() if one.plain and uris.split(one.uri)[0] != own]
    return {one.uri: _copy(cohorts, one) for one in sorted(copied, key=lambda one: one.uri)}


def write_copies(cohorts: Cohorts, digest: str, copies: dict[str, str]) -> str:
    """Write down which images have a copy; return the address of that list."""
    uri = cohorts.files.holdout_copies(digest)
    cohorts.store.write_once(uri, json.dumps(copies, sort_keys=True, ensure_ascii=False).encode(), JSON)
    return uri


def _refuse(holdout: str, problems: list[str]) -> None:
    if problems:
        more = len(problems) - _NAMED
        raise HoldoutError(
            f"The holdout {holdout} cannot be measured on: {'; '.join(problems[:_NAMED])}"
            + (f"; and {more} more problems" if more > 0 else "")
            + ". Correct these images or lines, or take them out; nothing was started."
        )


def _copy(cohorts: Cohorts, image: Fingerprint) -> str:
    jpeg = NormalisedFiles(cohorts.files.normalised).copy(image.uri, image.etag)
    if cohorts.store.describe(jpeg) is not None:
        return jpeg
    picture = read_picture(cohorts.store.read(image.uri))
    uri = NormalisedFiles(cohorts.files.normalised).copy(image.uri, image.etag, _SUFFIXES[picture.content_type])
    cohorts.store.write_once(uri, picture.body, picture.content_type)
    log.info("%s of the holdout is scored as %s", image.uri, uri)
    return uri
