"""Augmented manifests: a line from an answer, a cohort from many lines.

Source of the form: Amazon SageMaker Developer Guide, "Bounding Box Job Output".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from nightloop.domain.detection.answers import Answer
from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import to_array
from nightloop.domain.detection.manifest.reader import (
    EDGES,
    ManifestLine,
    annotations_of,
    check_class_map,
    created_at,
    image_size,
    is_ignored,
    labels_of,
    place_of,
    read_line,
    read_manifest,
)
from nightloop.domain.errors import AnswerError, ManifestError, RowError
from nightloop.domain.images.image import Image
from nightloop.domain.rows.jsonl import dump_line

__all__ = [
    "SEED_SOURCE",
    "Cohort",
    "ManifestLine",
    "annotations_of",
    "check_class_map",
    "image_size",
    "is_ignored",
    "labels_of",
    "manifest_line",
    "merge_cohort",
    "required_label_width",
]

Negatives = Literal["leave-out", "keep"]

SEED_SOURCE = "seed manifest"


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort: its lines, one per image, sorted by source-ref, and what was counted on the way.

    `new_lines` of the lines are not, byte for byte, in the previous cohort. `replaced` lines gave way to a newer answer
    about the same image. `excluded` lines are about holdout images. `negatives_left_out` images have no object.
    `unlabelled` lines have no label, because their labeling job failed or left the image out.
    """

    lines: tuple[ManifestLine, ...]
    new_lines: int
    replaced: int
    excluded: int
    negatives_left_out: int
    unlabelled: int = 0

    def counts(self) -> dict[str, int]:
        """Return the counts for a receipt."""
        return {
            "lines": len(self.lines),
            "new_lines": self.new_lines,
            "replaced": self.replaced,
            "excluded": self.excluded,
            "negatives_left_out": self.negatives_left_out,
            "unlabelled": self.unlabelled,
        }


@dataclass(frozen=True, slots=True)
class _Entry:
    line: ManifestLine
    source_ref: str
    place: str
    # What decides which of two lines about an image is the newer: time of the answer, then the night.
    age: tuple[datetime, str]


def manifest_line(answer: Answer, classes: Sequence[str], attribute: str) -> ManifestLine:
    """Write an answer as an augmented manifest line: whole pixels inside the image, the class-map of all classes.

    An object's confidence is the share of reviewers who drew it; `creation-date` is the last reviewer's. An image
    without any object gives a line without annotations.

    :raises AnswerError: for an unusable answer.
    """
    if answer.unusable is not None:
        raise AnswerError(answer.unusable.reason, source=answer.review_name, image=answer.image.uri)
    pixels = geometry.to_pixels(to_array(answer.boxes), answer.width, answer.height).tolist()
    # Two boxes may be one in whole pixels: then the first says it.
    drawn = {(box.class_id, *edges): box for box, edges in reversed([*zip(answer.boxes, pixels, strict=True)])}
    objects = [*reversed(drawn.items())]
    annotations = [dict(zip(("class_id", *EDGES), values, strict=True)) for values, _ in objects]
    return {
        "source-ref": answer.image.uri,
        attribute: {
            "annotations": annotations,
            "image_size": [{"width": answer.width, "height": answer.height, "depth": 3}],
        },
        f"{attribute}-metadata": {
            "class-map": {str(number): label for number, label in enumerate(classes)},
            "objects": [{"confidence": _confidence(box.score)} for _, box in objects],
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": answer.submitted,
            "job-name": f"a2i/{answer.review_name}",
        },
    }


def required_label_width(lines: Sequence[ManifestLine], attribute: str) -> int:
    """Return the least `label_width` for these lines: 5 numbers an object and a header of 2."""
    return 5 * max((len(annotations_of(line, attribute)) for line in lines), default=0) + 2


def merge_cohort(
    seed_lines: Sequence[ManifestLine],
    nights: Mapping[str, Sequence[ManifestLine]],
    *,
    holdout_refs: Collection[str],
    classes: Sequence[str],
    attribute: str,
    negatives: Negatives = "leave-out",
    previous_lines: Sequence[ManifestLine] | None = None,
    images: Mapping[str, Image] | None = None,
    holdout_etags: Collection[str] = (),
) -> Cohort:
    """Merge the seed's lines and all nights' (by date) into one cohort.

    Of several lines about an image the newest answer wins: by creation-date, then by night. A source-ref that is only
    spelled differently (`./`, `//`, `%20`) means the same image. Lines about a holdout image are excluded: by
    source-ref and, for those that `images` has (by source-ref), by the original's URI and by ETag. `previous_lines` is
    the cohort of the model to go on from; without it, the seed's lines. Images without any object are left out by
    default, because it is not documented what the built-in algorithm does with them.

    :raises ManifestError: naming the night and the line that cannot be read.
    :raises ClassMapError: naming the night and the line that numbers the classes differently.
    """
    everything, unlabelled = _read_all(seed_lines, nights, classes, attribute)
    held = {place_of(ref) for ref in holdout_refs}
    known = images or {}
    allowed = [entry for entry in everything if not _is_held_out(entry, held, known, holdout_etags)]
    merged = _newest(allowed)
    lines = tuple(line for line in merged if negatives == "keep" or annotations_of(line, attribute))
    previous = {_as_read(line, attribute) for line in (seed_lines if previous_lines is None else previous_lines)}
    return Cohort(
        lines=lines,
        new_lines=sum(dump_line(line) not in previous for line in lines),
        replaced=len(allowed) - len(merged),
        excluded=len(everything) - len(allowed),
        negatives_left_out=len(merged) - len(lines),
        unlabelled=unlabelled,
    )


def _newest(entries: Sequence[_Entry]) -> list[ManifestLine]:
    newest: dict[str, _Entry] = {}
    for entry in entries:
        current = newest.get(entry.place)
        if current is None or entry.age >= current.age:
            newest[entry.place] = entry
    return [entry.line for entry in sorted(newest.values(), key=lambda entry: entry.source_ref)]


def _read_all(
    seed_lines: Sequence[ManifestLine],
    nights: Mapping[str, Sequence[ManifestLine]],
    classes: Sequence[str],
    attribute: str,
) -> tuple[list[_Entry], int]:
    sources = [(SEED_SOURCE, "", seed_lines)] + [
        (f"manifest of {night}", night, nights[night]) for night in sorted(nights)
    ]
    read = [_entries(lines, source, night, classes, attribute) for source, night, lines in sources]
    return [entry for entries, _ in read for entry in entries], sum(count for _, count in read)


def _entries(
    lines: Sequence[ManifestLine], source: str, night: str, classes: Sequence[str], attribute: str
) -> tuple[list[_Entry], int]:
    manifest = read_manifest(lines, source=source, attribute=attribute, classes=classes)
    entries = [
        _Entry(line, line["source-ref"], place_of(line["source-ref"]), (created_at(line, attribute), night))
        for line in manifest.lines
    ]
    return entries, len(manifest.unlabelled)


def _as_read(line: ManifestLine, attribute: str) -> str:
    """Return an earlier cohort's line as it would be written now."""
    try:
        return dump_line(read_line(line, attribute))
    except (ManifestError, RowError):
        return dump_line(line)


def _is_held_out(entry: _Entry, held: Collection[str], images: Mapping[str, Image], etags: Collection[str]) -> bool:
    image = images.get(entry.source_ref)
    if entry.place in held or image is None:
        return entry.place in held
    return place_of(image.original or "") in held or (bool(image.etag) and image.etag in etags)


def _confidence(share: float | None) -> float | int:
    # 1, not 1.0, as Ground Truth writes a sure object.
    return 1 if share is None or share == 1 else round(share, 4)
