"""Builds a cohort: the seed and all checked nights, never the holdout."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from nightloop.aws.datasets.erased import ErasedImages
from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.errors import CohortError, ObjectMissingError
from nightloop.aws.images.fingerprints import Fingerprints
from nightloop.aws.storage.layout import LoopFiles, NightFiles
from nightloop.aws.storage.night_files import read_lines
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.results.training import WrittenCohort
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.config import LoopConfig
    from nightloop.domain.detection.manifest.lines import Cohort
    from nightloop.domain.detection.manifest.reader import Manifest
    from nightloop.domain.images.copies import Copy
    from nightloop.domain.images.image import Image

log = logging.getLogger(__name__)

_READERS = 8


@dataclass(frozen=True, kw_only=True)
class DataSettings:
    """What a loop learns from.

    :param folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    :param seed: The seed's augmented manifest, an S3 URI.
    :param holdout: The holdout's augmented manifest, an S3 URI: every model is measured on it, and none learns from it.
    :param copy_bits: Pictures whose hashes differ in at most this many of 64 bits from a holdout picture's are copies
        of it; None: only pictures of equal bytes are.
    :param negatives: Whether models learn from images without any object.
    :param validation_share: The share of the lines that a training job validates on instead of learning from them.
    """

    folder: str
    seed: str
    holdout: str
    classes: tuple[str, ...]
    attribute: str
    copy_bits: int | None = 10
    negatives: Literal["leave-out", "keep"] = "leave-out"
    validation_share: float = 0.1

    @classmethod
    def of(cls, loop: LoopConfig) -> DataSettings:
        """Take them from a loop's file."""
        return cls(
            folder=LoopFiles.of(loop).folder,
            seed=loop.seed.manifest,
            holdout=loop.seed.holdout,
            classes=tuple(loop.classes),
            attribute=loop.attribute,
            copy_bits=loop.seed.copy_bits,
            negatives=loop.training.negatives,
            validation_share=loop.training.validation_share,
        )


class Cohorts:
    """Reads what there is to learn from, and writes cohorts, each under the name of its content."""

    def __init__(self, store: ObjectStore, settings: DataSettings) -> None:
        self.store = store
        self.settings = settings
        self.files = LoopFiles(settings.folder)
        self.quarantined = 0
        self.copies: dict[str, Copy] = {}
        self.learned_before: list[str] = []
        self.fingerprints = Fingerprints(store, self.files)
        self.erased = ErasedImages(store, self.files)

    @property
    def seed_lines(self) -> list[dict[str, Any]]:
        """The seed's manifest lines, without those that have no label."""
        return list(self._seed.lines)

    @cached_property
    def _seed(self) -> Manifest:
        return self._uploaded(self.settings.seed, "seed.manifest")

    @cached_property
    def holdout_lines(self) -> list[dict[str, Any]]:
        """The holdout's manifest lines, without those that have no label."""
        lines = list(self._uploaded(self.settings.holdout, "seed.holdout").lines)
        if not lines:
            raise CohortError(
                f"The holdout {self.settings.holdout} has no line: a model cannot be measured on nothing."
            )
        return lines

    @property
    def holdout_refs(self) -> set[str]:
        """The addresses of the holdout's images."""
        return {str(line.get("source-ref")) for line in self.holdout_lines}

    def nights(self) -> dict[str, NightFiles]:
        """Return the nights whose manifest is checked: those that have a receipt."""
        dates = (self.files.night_of_receipt(entry.uri) for entry in self.store.list(self.files.nights))
        return {date: self.files.night(date) for date in dates if date}

    def merge(self, nights: dict[str, NightFiles], previous: list[dict[str, Any]] | None) -> Cohort:
        """Merge the seed and these nights into a cohort, without the lines that are in quarantine.

        Lines about copies of the holdout's pictures are left out too; `copies` then says which, and of what they are
        copies. `learned_before` are the images, or copies of them, that `previous` holds nevertheless, because the
        holdout is newer.

        :param previous: What the model to improve was trained on; None for the seed's lines.
        """
        from nightloop.domain.detection.manifest.lines import merge_cohort
        from nightloop.domain.lineage.quarantine import leave_out

        manifests = self._read_all([files.manifest for files in nights.values()])
        read = dict(zip(nights, map(self._without_erased, manifests), strict=True))
        lines, self.quarantined = leave_out(read, Quarantines(self.store, self.files).held(), self.settings.attribute)
        parts = [self.seed_lines, *lines.values()]
        self.copies = self._copies(parts)
        learned = self._copies([previous or []]).keys() | self.holdout_refs
        self.learned_before = sorted({str(line.get("source-ref")) for line in previous or []} & learned)
        left_out = sum(len(part) - len(self._without_copies(part)) for part in parts)
        merged = merge_cohort(
            self._without_copies(self.seed_lines),
            {night: self._without_copies(found) for night, found in lines.items()},
            holdout_refs=self.holdout_refs,
            classes=self.settings.classes,
            attribute=self.settings.attribute,
            negatives=self.settings.negatives,
            previous_lines=previous,
            images=self.images(nights.values()),
            holdout_etags=self.holdout_etags(),
        )
        unlabelled = merged.unlabelled + len(self._seed.unlabelled)
        return replace(merged, unlabelled=unlabelled, excluded=merged.excluded + left_out)

    def _copies(self, parts: list[list[dict[str, Any]]]) -> dict[str, Copy]:
        from nightloop.domain.images.copies import find_copies

        refs = {str(line.get("source-ref")) for lines in parts for line in lines} - self.holdout_refs
        pictures = self.fingerprints.of(refs)
        holdout = self.fingerprints.of(self.holdout_refs)
        return find_copies(list(pictures.values()), list(holdout.values()), bits=self.settings.copy_bits)

    def _without_erased(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [line for line in lines if line.get("source-ref") not in self.erased]

    def _without_copies(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [line for line in lines if line.get("source-ref") not in self.copies]

    def images(self, nights: Iterable[NightFiles]) -> dict[str, Image]:
        """Return the reviewed images of some nights, by their address in the manifests."""
        from nightloop.domain.detection.answers import Answer

        files = self._read_all([files.answers for files in nights])
        images = (Answer.from_json(line).image for lines in files for line in lines)
        return {image.uri: image for image in images}

    def holdout_etags(self) -> set[str]:
        """Return the ETags of the holdout's images, to recognise one under another name."""
        return {etag for etag in self.holdout_versions.values() if etag is not None}

    @cached_property
    def holdout_versions(self) -> dict[str, str | None]:
        """The ETag that each holdout image had when it was first asked for; None for a missing image."""
        refs = sorted(self.holdout_refs)
        _ = self.store.client
        with ThreadPoolExecutor(_READERS, thread_name_prefix="holdout") as pool:
            described = list(pool.map(self.store.describe, refs))
        return {ref: image.etag if image else None for ref, image in zip(refs, described, strict=True)}

    def write(self, cohort: Cohort) -> WrittenCohort:
        """Write a cohort and its holdout under the name of their content; return name, addresses and counts."""
        from nightloop.domain.detection.manifest.validation_split import split_validation
        from nightloop.domain.rows.jsonl import dumps_lines

        if not cohort.lines:
            copies = f"; {len(self.copies)} show what the holdout shows (seed.copy_bits)" if self.copies else ""
            raise CohortError(
                f"There is nothing to train on: {self.settings.seed} and the nights give no line{copies}."
            )
        train, validation = split_validation(cohort.lines, self.settings.validation_share)
        parts = {"train": train, "validation": validation, "holdout": self.holdout_lines}
        bodies = {part: dumps_lines(lines) for part, lines in parts.items()}
        name = naming.cohort_id(bodies["train"] + bodies["validation"])
        files = self.files.cohort(name)
        for part, uri in (("train", files.train), ("validation", files.validation), ("holdout", files.holdout)):
            self.store.write_once(uri, bodies[part])
        written: WrittenCohort = {
            "cohort": name,
            "train": files.train,
            "validation": files.validation,
            "holdout": files.holdout,
            "train_lines": len(train),
            "validation_lines": len(validation),
        }
        if self.copies:
            listed = dumps_lines(self.copies[uri] for uri in sorted(self.copies))
            written["copies"] = files.copies(naming.content_digest(listed))
            self.store.write_once(written["copies"], listed)
        return written

    def _read_all(self, uris: list[str]) -> list[list[dict[str, Any]]]:
        _ = self.store.client
        with ThreadPoolExecutor(_READERS, thread_name_prefix="cohort") as pool:
            return list(pool.map(lambda uri: read_lines(self.store, uri), uris))

    def _uploaded(self, uri: str, key: str) -> Manifest:
        from nightloop.domain.detection.manifest.reader import read_manifest
        from nightloop.domain.rows.jsonl import loads_lines

        try:
            lines = loads_lines(self.store.read(uri), source=uri)
        except ObjectMissingError as error:
            raise CohortError(f"{uri} is not there. Upload it, or correct {key} in the loop's file.") from error
        found = read_manifest(lines, source=uri, attribute=self.settings.attribute, classes=self.settings.classes)
        for left_out in found.unlabelled:
            log.warning("%s, line %s is left out: %s %s", uri, left_out.line, left_out.source_ref, left_out.reason)
        kept = [place for place, line in enumerate(found.lines) if line.get("source-ref") not in self.erased]
        return replace(
            found,
            lines=tuple(found.lines[place] for place in kept),
            numbers=tuple(found.numbers[place] for place in kept),
        )
