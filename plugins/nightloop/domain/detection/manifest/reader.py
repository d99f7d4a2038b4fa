"""Reads an augmented manifest's lines, for everything that merges, checks or measures them.

Lines are Ground Truth's own, or made like them by another tool. These are read alike: whole numbers in any JSON form
(200, 200.0, 2e2; never text), dates with or without a zone, flags as numbers, words or text, an image without objects
whose class-map is empty, an image of one to four channels. A line without a label is no mistake if its labeling job
gave it none: it is kept apart, with the reason.

Source: Amazon SageMaker Developer Guide, "Bounding Box Job Output"; flags: COCO's "Data format" and VOC's annotations.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from nightloop.domain.errors import ClassMapError, ManifestError, RowError, UnlabelledError
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json
from nightloop.domain.rows.times import parse_time

ManifestLine = Json

EDGES = ("left", "top", "width", "height")
CHANNELS = range(1, 5)
"""Grey, grey with transparency, colour, colour with transparency."""

_FLAGS = {"0": False, "1": True, "false": False, "true": True}


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A line without a label: its number from 1, its image, and why."""

    line: int
    source_ref: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The labelled lines of a manifest as `read_line` returns them, each with its number, and the others."""

    lines: tuple[ManifestLine, ...]
    numbers: tuple[int, ...]
    unlabelled: tuple[Unlabelled, ...]


def read_manifest(
    lines: Sequence[ManifestLine], *, source: str, attribute: str, classes: Sequence[str] | None = None
) -> Manifest:
    """Read all lines of a manifest.

    :param source: The name that an error gives the manifest.
    :raises ManifestError: naming the line that cannot be read and its image; if no line has the label attribute, the
        first.
    :raises ClassMapError: naming the line that numbers the classes differently from the loop.
    """
    read: list[ManifestLine] = []
    numbers: list[int] = []
    unlabelled: list[Unlabelled] = []
    first: UnlabelledError | None = None
    for number, line in enumerate(lines, start=1):
        try:
            read.append(read_line(line, attribute, classes))
            numbers.append(number)
        except UnlabelledError as error:
            first = first or _placed(error, source, number, line)  # type: ignore[assignment]
            unlabelled.append(Unlabelled(number, image_of(line), error.message))
        except (ManifestError, RowError) as error:
            raise _placed(error, source, number, line) from error
    if first is not None and not read:
        raise first
    return Manifest(tuple(read), tuple(numbers), tuple(unlabelled))


def read_line(line: ManifestLine, attribute: str, classes: Sequence[str] | None = None) -> ManifestLine:
    """Return a line with whole numbers as such, flags as 0 or 1, and one entry of `objects` for each object.

    A line that already has this form comes back equal. `classes` are the loop's; None checks the form only.

    :raises UnlabelledError: for a line without a label.
    :raises ClassMapError: for a line that numbers the classes differently from the loop.
    :raises RowError: for a line that cannot be read.
    """
    reason = unlabelled_reason(line, attribute)
    if reason is not None:
        raise UnlabelledError(reason)
    check_class_map(line, classes, attribute)
    label, metadata = fields.mapping(line, attribute), fields.mapping(line, f"{attribute}-metadata")
    annotations = [_annotation(item, number) for number, item in enumerate(annotations_of(line, attribute), start=1)]
    size = _size(label)
    created_at(line, attribute)
    fields.text(line, "source-ref")
    objects = metadata.get("objects", [{"confidence": 1} for _ in annotations])
    if not isinstance(objects, list):
        raise RowError(f"'objects' must be a list, not {objects!r}")
    read_label = label | {"annotations": annotations, "image_size": [size]}
    read_metadata = {"class-map": {}} | metadata | {"objects": objects}
    return line | {attribute: read_label, f"{attribute}-metadata": read_metadata}


def unlabelled_reason(line: object, attribute: str) -> str | None:
    """Say why a line has no label; None if it has one, even a wrong one.

    Ground Truth writes the reason of a failed labeling under the metadata, and nothing for an image that was not shown.
    """
    if not isinstance(line, Mapping):
        return None
    metadata = line.get(f"{attribute}-metadata")
    failure = metadata.get("failure-reason") if isinstance(metadata, Mapping) else None
    if failure is not None:
        return f"was not labelled: {failure}"
    if attribute in line or f"{attribute}-metadata" in line or "source-ref" not in line:
        return None
    return f"has no {f'{attribute}-metadata'!r}; it has {sorted(key for key in line if key != 'source-ref')}"


def annotations_of(line: ManifestLine, attribute: str) -> list[Json]:
    """Return a line's annotations.

    :raises RowError: if it has none under the label attribute.
    """
    annotations = fields.items(fields.mapping(line, attribute), "annotations")
    return [fields.mapping({"annotation": item}, "annotation") for item in annotations]


def labels_of(line: ManifestLine, attribute: str) -> frozenset[str]:
    """Return the classes of a line's annotations by its own class-map.

    :raises RowError: if that lacks one.
    """
    annotations = annotations_of(line, attribute)
    class_map = fields.mapping(fields.mapping(line, f"{attribute}-metadata"), "class-map") if annotations else {}
    return frozenset(fields.text(class_map, str(fields.integer(item, "class_id"))) for item in annotations)


def image_size(line: ManifestLine, attribute: str) -> tuple[int, int]:
    """Return a line's image width and height in pixels.

    :raises RowError: if it has none, or two.
    """
    size = _size(fields.mapping(line, attribute))
    return size["width"], size["height"]


def created_at(line: ManifestLine, attribute: str) -> datetime:
    """Return when a line's label was made.

    :raises RowError: if it does not say, or names no time there is.
    """
    return parse_time(fields.text(fields.mapping(line, f"{attribute}-metadata"), "creation-date"))


def flag_of(annotation: Json, key: str) -> bool:
    """Read a flag that need not be there: 0 or 1, true or false, also as text.

    :raises RowError: for anything else.
    """
    value: Any = annotation.get(key)
    read = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else value
    if read is None and value is None:
        return False
    if not isinstance(read, bool | int | float) or read not in {0, 1}:
        raise RowError(f"{key!r} must be 0 or 1, not {value!r}")
    return bool(read)


def is_crowd(annotation: Json) -> bool:
    """Say whether a box is around a crowd (COCO's `iscrowd`), which may hold any number of detections."""
    return flag_of(annotation, "iscrowd")


def is_difficult(annotation: Json) -> bool:
    """Say whether an object is marked `difficult` (VOC)."""
    return flag_of(annotation, "difficult")


def is_ignored(annotation: Json) -> bool:
    """Say whether an object need not be found and may be: `difficult` or `iscrowd`.

    :raises RowError: for another value.
    """
    crowd, difficult = is_crowd(annotation), is_difficult(annotation)
    return crowd or difficult


def check_class_map(line: ManifestLine, classes: Sequence[str] | None, attribute: str) -> None:
    """Check that a line's class numbers mean the loop's classes.

    An image without objects may have an empty class-map, or none. If `classes` is None, the line's own class-map
    counts.

    :raises ClassMapError: if the line gives a class number another name than the loop, or uses a number that the loop
        does not have.
    """
    metadata = fields.mapping(line, f"{attribute}-metadata")
    annotations = annotations_of(line, attribute)
    class_map = {} if not annotations and "class-map" not in metadata else fields.mapping(metadata, "class-map")
    if classes is None:
        return
    names = {str(number): label for number, label in enumerate(classes)}
    for number, label in class_map.items():
        if names.get(str(number)) != label:
            there = f"{names[number]!r}" if number in names else f"no class (it has {len(classes)})"
            raise ClassMapError(f"class {number} is {label!r} in its class-map; in the loop it is {there}")
    for annotation in annotations:
        number = str(fields.integer(annotation, "class_id"))
        if number not in names:
            raise ClassMapError(f"has an annotation of class {annotation['class_id']}; the loop has {len(classes)}")
        if number not in class_map:
            raise ClassMapError(f"has an annotation of class {number}, which its class-map does not name")


def place_of(source_ref: str) -> str:
    """Return the place that a source-ref means, in any spelling: `./`, `//`, blanks at ends, %20, Unicode forms.

    Two lines of one place are almost surely about one image, though S3 would keep two such objects apart.
    """
    scheme, separator, rest = unquote(source_ref).strip().partition("://")
    parts: list[str] = []
    for part in (part.strip() for part in unicodedata.normalize("NFC", rest).split("/")):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return scheme.lower() + separator + "/".join(parts)


def image_of(line: object) -> str | None:
    """Return a line's source-ref if it is text."""
    value = line.get("source-ref") if isinstance(line, Mapping) else None
    return value if isinstance(value, str) else None


def _annotation(item: Json, number: int) -> Json:
    try:
        read = {"class_id": fields.integer(item, "class_id")} | {
            edge: _plain(fields.number(item, edge)) for edge in EDGES
        }
        flags = {key: int(flag_of(item, key)) for key in ("iscrowd", "difficult") if item.get(key) is not None}
    except RowError as error:
        raise RowError(f"annotation {number}: {error.message}") from error
    return item | read | flags


def _size(label: Json) -> Json:
    sizes = fields.items(label, "image_size")
    if len(sizes) != 1:
        raise RowError(f"'image_size' must hold one size, not {len(sizes)}")
    size = fields.mapping({"image_size": sizes[0]}, "image_size")
    read = {key: fields.integer(size, key) for key in ("width", "height")}
    if min(read.values()) < 1:
        raise RowError(f"an image cannot be {read['width']} x {read['height']} pixels")
    if size.get("depth") is not None:
        read["depth"] = fields.integer(size, "depth")
        if read["depth"] not in CHANNELS:
            raise RowError(f"an image has one to four channels, not a 'depth' of {read['depth']}")
    return size | read


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _placed(error: ManifestError | RowError, source: str, number: int, line: object) -> ManifestError:
    kind = type(error) if isinstance(error, ManifestError) else ManifestError
    return kind(error.message, source=source, line=number, image=image_of(line))
