"""Augmented manifests: a line from an answer, a training set from many lines.

Source of the form: Amazon SageMaker Developer Guide, "Bounding Box Job Output".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from nightloop.loop import boxes as geometry
from nightloop.loop import rows
from nightloop.loop.answers import Answer
from nightloop.loop.errors import ClassMapError, ManifestError, RowError
from nightloop.loop.images import Image
from nightloop.loop.jsonl import Json, dump_line
from nightloop.loop.predictions import to_array
from nightloop.loop.times import parse_time

ManifestLine = Json
Negatives = Literal["leave-out", "keep"]

SEED_SOURCE = "seed manifest"


@dataclass(frozen=True, slots=True)
class Cohort:
    """A training set: its lines, one per image, sorted by source-ref, and what was counted on the way.

    ``new_lines`` of the lines are not, byte for byte, in the previous training set; ``replaced`` lines gave way to a
    newer answer about the same image; ``excluded`` lines are about holdout images; ``negatives_left_out`` images have
    no object.
    """

    lines: tuple[ManifestLine, ...]
    new_lines: int
    replaced: int
    excluded: int
    negatives_left_out: int

    def counts(self) -> dict[str, int]:
        """Return the counts for a receipt."""
        return {
            "lines": len(self.lines),
            "new_lines": self.new_lines,
            "replaced": self.replaced,
            "excluded": self.excluded,
            "negatives_left_out": self.negatives_left_out,
        }


@dataclass(frozen=True, slots=True)
class _Entry:
    line: ManifestLine
    source_ref: str
    # What decides which of two lines about an image is the newer: time of the answer, then the night.
    age: tuple[datetime, str]


def manifest_line(answer: Answer, classes: Sequence[str], attribute: str) -> ManifestLine:
    """Write an answer as an augmented manifest line: whole pixels inside the image, the class-map of all classes.

    An object's confidence is the share of reviewers who drew it; ``creation-date`` is the last reviewer's. An image
    without any object gives a line with no annotations.
    """
    pixels = geometry.to_pixels(to_array(answer.boxes), answer.width, answer.height).tolist()
    annotations = [
        {"class_id": box.class_id, "left": left, "top": top, "width": width, "height": height}
        for box, (left, top, width, height) in zip(answer.boxes, pixels, strict=True)
    ]
    return {
        "source-ref": answer.image.uri,
        attribute: {
            "annotations": annotations,
            "image_size": [{"width": answer.width, "height": answer.height, "depth": 3}],
        },
        f"{attribute}-metadata": {
            "class-map": {str(number): label for number, label in enumerate(classes)},
            "objects": [{"confidence": _confidence(box.score)} for box in answer.boxes],
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": answer.submitted,
            "job-name": f"a2i/{answer.loop_name}",
        },
    }


def annotations_of(line: ManifestLine, attribute: str) -> list[Json]:
    """Return a line's annotations; RowError when it has none under the label attribute."""
    annotations = rows.items(rows.mapping(line, attribute), "annotations")
    return [rows.mapping({"annotation": item}, "annotation") for item in annotations]


def labels_of(line: ManifestLine, attribute: str) -> frozenset[str]:
    """Return the classes of a line's annotations by its own class-map; RowError when that lacks one."""
    class_map = rows.mapping(rows.mapping(line, f"{attribute}-metadata"), "class-map")
    numbers = (rows.integer(annotation, "class_id") for annotation in annotations_of(line, attribute))
    return frozenset(rows.text(class_map, str(number)) for number in numbers)


def is_ignored(annotation: Json) -> bool:
    """Say whether an object need not be found and may be: marked ``difficult`` (VOC) or ``iscrowd`` (COCO)."""
    return bool(annotation.get("iscrowd") or annotation.get("difficult"))


def image_size(line: ManifestLine, attribute: str) -> tuple[int, int]:
    """Return a line's image width and height in pixels; RowError when it has none."""
    sizes = rows.items(rows.mapping(line, attribute), "image_size")
    if len(sizes) != 1:
        raise RowError(f"'image_size' must hold one size, not {len(sizes)}")
    return rows.integer(sizes[0], "width"), rows.integer(sizes[0], "height")


def required_label_width(lines: Sequence[ManifestLine], attribute: str) -> int:
    """Return the least ``label_width`` for these lines: 5 numbers an object and a header of 2."""
    return 5 * max((len(annotations_of(line, attribute)) for line in lines), default=0) + 2


def check_class_map(line: ManifestLine, classes: Sequence[str], attribute: str) -> None:
    """Raise ClassMapError when a line calls a class number by another name than the loop, or uses one it has not."""
    class_map = rows.mapping(rows.mapping(line, f"{attribute}-metadata"), "class-map")
    names = {str(number): label for number, label in enumerate(classes)}
    for number, label in class_map.items():
        if names.get(str(number)) != label:
            there = f"{names[number]!r}" if number in names else f"no class (it has {len(classes)})"
            raise ClassMapError(f"class {number} is {label!r} in its class-map; in the loop it is {there}")
    for annotation in annotations_of(line, attribute):
        if str(rows.integer(annotation, "class_id")) not in names:
            raise ClassMapError(f"has an annotation of class {annotation['class_id']}; the loop has {len(classes)}")


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
    """Merge the seed's lines and all nights' (by date) into one training set.

    Of several lines about an image the newest answer wins: by creation-date, then by night. Lines about a holdout image
    are excluded: by source-ref and, for those ``images`` knows (by source-ref), by the original's URI and by ETag.
    ``previous_lines`` is the training set of the model that is trained on; without it, the seed's lines.
    Images without any object are left out by default, because what the built-in algorithm does with them is not
    documented. ManifestError and ClassMapError name the night and the line.
    """
    everything = _entries(seed_lines, SEED_SOURCE, "", classes, attribute)
    for night in sorted(nights):
        everything += _entries(nights[night], f"manifest of {night}", night, classes, attribute)
    known = images or {}
    allowed = [entry for entry in everything if not _is_held_out(entry, holdout_refs, known, holdout_etags)]
    newest: dict[str, _Entry] = {}
    for entry in allowed:
        current = newest.get(entry.source_ref)
        if current is None or entry.age >= current.age:
            newest[entry.source_ref] = entry
    merged = [newest[source_ref].line for source_ref in sorted(newest)]
    lines = tuple(line for line in merged if negatives == "keep" or annotations_of(line, attribute))
    previous = {dump_line(line) for line in (seed_lines if previous_lines is None else previous_lines)}
    return Cohort(
        lines=lines,
        new_lines=sum(dump_line(line) not in previous for line in lines),
        replaced=len(allowed) - len(merged),
        excluded=len(everything) - len(allowed),
        negatives_left_out=len(merged) - len(lines),
    )


def _entries(
    lines: Sequence[ManifestLine], source: str, night: str, classes: Sequence[str], attribute: str
) -> list[_Entry]:
    entries = []
    for number, line in enumerate(lines, start=1):
        try:
            check_class_map(line, classes, attribute)
            metadata = rows.mapping(line, f"{attribute}-metadata")
            created = parse_time(rows.text(metadata, "creation-date"))
            entries.append(_Entry(line, rows.text(line, "source-ref"), (created, night)))
        except ClassMapError as error:
            raise ClassMapError(error.message, source=source, line=number, image=_image(line)) from error
        except RowError as error:
            raise ManifestError(error.message, source=source, line=number, image=_image(line)) from error
    return entries


def _is_held_out(entry: _Entry, refs: Collection[str], images: Mapping[str, Image], etags: Collection[str]) -> bool:
    image = images.get(entry.source_ref)
    if entry.source_ref in refs or image is None:
        return entry.source_ref in refs
    return image.original in refs or (bool(image.etag) and image.etag in etags)


def _image(line: object) -> str | None:
    value = line.get("source-ref") if isinstance(line, Mapping) else None
    return value if isinstance(value, str) else None


def _confidence(share: float | None) -> float | int:
    # 1, not 1.0, as Ground Truth writes a sure object.
    return 1 if share is None or share == 1 else round(share, 4)
