"""Gathers what speaks for or against a night's answers: its own rows, the holdout's pictures, what S3 holds now."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.operators.rows import iterate_lines, read_lines
from nightloop.aws.perceptual_hash import difference_hash
from nightloop.aws.store import JSON
from nightloop.aws.threads import map_in_order
from nightloop.loop import naming

if TYPE_CHECKING:
    from nightloop.aws.cohorts import Cohorts
    from nightloop.aws.layout import NightFiles
    from nightloop.loop.answers import Answer
    from nightloop.loop.evidence import Evidence

_READERS: Final = 8


def night_evidence(cohorts: Cohorts, files: NightFiles, lines: list[dict[str, Any]]) -> Evidence:
    """Gather the evidence about a night's manifest lines."""
    from nightloop.loop.answers import Answer
    from nightloop.loop.evidence import Evidence, class_drift, contradicted_share, near_duplicates

    answers = [Answer.from_json(row) for row in iterate_lines(cohorts.store, files.answers)]
    hashes = picture_hashes(cohorts, [str(line.get("source-ref")) for line in lines])
    attribute = cohorts.settings.attribute
    return Evidence(
        agreement={answer.image.uri: answer.agreement for answer in answers if len(answer.reviewers) > 1},
        contradicted=contradicted_share((answer.boxes, answer.shown or ()) for answer in answers),
        changed=_changed(cohorts, answers),
        near_holdout=near_duplicates(hashes, holdout_hashes(cohorts)),
        class_drift=class_drift(_readable(lines, attribute), _last_training_set(cohorts), attribute),
    )


def holdout_hashes(cohorts: Cohorts) -> dict[str, str]:
    """Return the perceptual hashes of the holdout's pictures by address; computed once for the pictures it has."""
    refs = sorted(cohorts.holdout_refs)
    digest = naming.images_digest(cohorts.holdout_versions)
    uri = cohorts.files.holdout(digest).removesuffix(".json") + "-hashes.json"
    stored = cohorts.store.read_if_there(uri)
    if stored is None:
        body = json.dumps(picture_hashes(cohorts, refs), sort_keys=True).encode()
        stored = cohorts.store.write_once(uri, body, JSON)
    hashes: dict[str, str] = json.loads(stored)
    return hashes


def picture_hashes(cohorts: Cohorts, uris: list[str]) -> dict[str, str]:
    """Return the perceptual hash of each picture that can be read, by its address."""
    from PIL import Image

    from nightloop.aws.errors import UnreadableImageError
    from nightloop.aws.images import read_picture

    _ = cohorts.store.client

    def read(uri: str) -> tuple[str, str | None]:
        body = cohorts.store.read_if_there(uri) if uri.startswith("s3://") else None
        try:
            return uri, None if body is None else difference_hash(Image.open(io.BytesIO(read_picture(body).body)))
        except UnreadableImageError:
            return uri, None

    found = map_in_order(read, uris, threads=_READERS, name="pictures")
    return {uri: text for uri, text in found if text is not None}


def _changed(cohorts: Cohorts, answers: list[Answer]) -> set[str]:
    """Return the images that are gone, or are others than those that were reviewed."""
    _ = cohorts.store.client
    images = [answer.image for answer in answers if answer.image.original is None]
    described = map_in_order(cohorts.store.describe, [i.uri for i in images], threads=_READERS, name="images")
    return {image.uri for image, now in zip(images, described, strict=True) if now is None or now.etag != image.etag}


def _readable(lines: list[dict[str, Any]], attribute: str) -> list[dict[str, Any]]:
    """Leave out the lines whose annotations cannot be read: other expectations name them."""
    from nightloop.loop.manifest_table import manifest_rows

    rows = manifest_rows(lines, classes=(), attribute=attribute)
    return [line for line, row in zip(lines, rows, strict=True) if row["problem"] is None]


def _last_training_set(cohorts: Cohorts) -> list[dict[str, Any]]:
    """Return the newest training set's lines, the seed's before there is any."""
    prefix = cohorts.files.cohort("", "").rstrip("/") + "/"
    found = [entry for entry in cohorts.store.list(prefix) if entry.uri.endswith("/train.manifest")]
    if not found:
        return cohorts.seed_lines
    return read_lines(cohorts.store, max(found, key=lambda entry: (entry.modified, entry.uri)).uri)
