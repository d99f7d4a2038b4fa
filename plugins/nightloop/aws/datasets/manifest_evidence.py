"""Gathers what speaks for or against a night's answers: its own rows, the holdout's pictures, what S3 holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.storage.layout import CohortFiles
from nightloop.aws.storage.night_files import iterate_lines, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.datasets.cohorts import Cohorts
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.object_store import StoredObject
    from nightloop.domain.detection.answers import Answer
    from nightloop.domain.detection.manifest.evidence import Evidence
    from nightloop.domain.images.image import Image

_READERS: Final = 16


def night_evidence(cohorts: Cohorts, files: NightFiles, lines: list[dict[str, Any]]) -> Evidence:
    """Gather the evidence about a night's manifest lines."""
    from nightloop.domain.detection.answers import Answer
    from nightloop.domain.detection.manifest.evidence import Evidence, class_drift, contradicted_share, near_duplicates

    answers = [Answer.from_json(row) for row in iterate_lines(cohorts.store, files.answers)]
    hashes = picture_hashes(cohorts, [str(line.get("source-ref")) for line in lines])
    attribute = cohorts.settings.attribute
    return Evidence(
        agreement={answer.image.uri: answer.agreement for answer in answers if len(answer.reviewers) > 1},
        contradicted=contradicted_share(
            (answer.boxes, answer.shown or ()) for answer in answers if answer.unusable is None
        ),
        changed=_changed(cohorts, answers),
        near_holdout=near_duplicates(hashes, holdout_hashes(cohorts)),
        class_drift=class_drift(_readable(lines, attribute), _last_training_set(cohorts), attribute),
    )


def cohort_evidence(cohorts: Cohorts, lines: list[dict[str, Any]], samples: int | None) -> Evidence:
    """Gather the evidence about a cohort's lines: which images are gone, or not the ones that were reviewed.

    :param samples: The hyperparameter that the training will get; None if it is not known.
    """
    from nightloop.domain.detection.manifest.evidence import Evidence

    _ = cohorts.store.client
    reviewed = cohorts.images(cohorts.nights().values())
    refs = sorted({str(ref) for line in lines if str(ref := line.get("source-ref")).startswith("s3://")})
    described = map_in_order(cohorts.store.describe, refs, threads=_READERS, name="images")
    changed = {ref for ref, now in zip(refs, described, strict=True) if _is_other(reviewed.get(ref), now)}
    return Evidence(changed=changed, num_training_samples=samples)


def holdout_hashes(cohorts: Cohorts) -> dict[str, str]:
    """Return the perceptual hashes of the holdout's pictures by address."""
    return picture_hashes(cohorts, cohorts.holdout_refs)


def picture_hashes(cohorts: Cohorts, uris: Iterable[str]) -> dict[str, str]:
    """Return the perceptual hash of each picture that can be read, by its address; look at each once."""
    known = cohorts.fingerprints.of(uris)
    return {uri: one.appearance.hash for uri, one in known.items() if one.appearance is not None}


def _changed(cohorts: Cohorts, answers: list[Answer]) -> set[str]:
    """Return the images that are gone, or that are not the ones that were reviewed."""
    _ = cohorts.store.client
    images = [answer.image for answer in answers if answer.image.original is None]
    described = map_in_order(cohorts.store.describe, [i.uri for i in images], threads=_READERS, name="images")
    return {image.uri for image, now in zip(images, described, strict=True) if _is_other(image, now)}


def _is_other(reviewed: Image | None, now: StoredObject | None) -> bool:
    """Say whether an image is gone or, if it was reviewed and is no copy of ours, has another ETag now."""
    if now is None or reviewed is None or reviewed.original is not None:
        return now is None
    return now.etag != reviewed.etag


def _readable(lines: list[dict[str, Any]], attribute: str) -> list[dict[str, Any]]:
    """Leave out the lines whose annotations cannot be read: other expectations name them."""
    from nightloop.domain.detection.manifest.check_table import manifest_rows

    rows = manifest_rows(lines, classes=(), attribute=attribute)
    return [line for line, row in zip(lines, rows, strict=True) if row["problem"] is None]


def _last_training_set(cohorts: Cohorts) -> list[dict[str, Any]]:
    """Return the newest cohort's lines, the seed's if there is none yet."""
    found = [entry for entry in cohorts.store.list(cohorts.files.cohorts) if CohortFiles.is_train(entry.uri)]
    if not found:
        return cohorts.seed_lines
    return read_lines(cohorts.store, max(found, key=lambda entry: (entry.modified, entry.uri)).uri)
