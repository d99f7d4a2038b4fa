"""Manifest lines as flat rows, one a line, for the Great Expectations suites in `include/expectations`.

A row can be made from any JSON object, even a wrong one: what cannot be read is None in its column and named in
`problem`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from nightloop.domain.detection.manifest.evidence import Evidence
from nightloop.domain.detection.manifest.reader import EDGES, ManifestLine, created_at, place_of, read_line
from nightloop.domain.errors import ManifestError, RowError
from nightloop.domain.images.image import Image
from nightloop.domain.rows.fields import is_finite
from nightloop.domain.rows.jsonl import Json

COLUMNS = (
    "line_number",
    "source_ref",
    "problem",
    "width",
    "height",
    "depth",
    "annotations",
    "objects",
    "min_left",
    "min_top",
    "max_right_overflow",
    "max_bottom_overflow",
    "min_box_side",
    "twin_boxes",
    "whole_image_boxes",
    "min_class_id",
    "max_class_id",
    "class_ids_known",
    "class_map_matches",
    "confidences_valid",
    "type",
    "human_annotated",
    "creation_date",
    "date_valid",
    "date_passed",
    "job_name",
    "duplicate",
    "same_place",
    "in_holdout",
    "near_holdout",
    "unchanged",
    "agreement",
    "night_agreement",
    "contradicted",
    "class_drift",
    "lines",
    "num_training_samples",
    "label_width",
    "required_label_width",
)
"""The columns of the table, also of an empty one. Overflows are pixels beyond the image's edge: 0 or less is inside."""

_ZONES = timedelta(days=1)
"""A date without a zone may be some hours ahead."""


def manifest_rows(
    lines: Sequence[ManifestLine],
    *,
    classes: Sequence[str],
    attribute: str,
    holdout_refs: Collection[str] = (),
    images: Mapping[str, Image] | None = None,
    holdout_etags: Collection[str] = (),
    label_width: int | None = None,
    evidence: Evidence | None = None,
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return one row of `COLUMNS` for each line, as `reader.read_line` reads it.

    `images` (by source-ref) and `holdout_etags` find holdout images under another URI. `label_width` is the
    hyperparameter that the training will get, None for a manifest that is not trained on as it is. `evidence` is what
    else is known; a share that is not known is None. `now` is the time after which a date is in the future.
    """
    known = evidence or Evidence()
    refs = [_text(line.get("source-ref")) for line in lines]
    counts, places = Counter(refs), Counter(place_of(ref) for ref in set(refs) if ref is not None)
    held = {place_of(ref) for ref in holdout_refs}
    latest = (now or datetime.now(UTC)) + _ZONES
    table = []
    for number, (raw, source_ref) in enumerate(zip(lines, refs, strict=True), start=1):
        line, problem = _read(raw, attribute)
        image = (images or {}).get(source_ref or "")
        row = {"line_number": number, "source_ref": source_ref} | _label_columns(line, attribute)
        row |= _metadata_columns(line, attribute, classes, row.pop("class_ids"))
        row |= _date_columns(line, attribute, latest)
        row["duplicate"] = source_ref is not None and counts[source_ref] > 1
        row["same_place"] = source_ref is not None and places[place_of(source_ref)] > 1
        row["in_holdout"] = place_of(source_ref or "") in held or _known_elsewhere(image, held, holdout_etags)
        row |= _evidence_columns(source_ref or "", known) | {"lines": len(lines), "label_width": label_width}
        row["problem"] = problem
        table.append({column: row[column] for column in COLUMNS})
    return table


def _read(line: ManifestLine, attribute: str) -> tuple[ManifestLine, str | None]:
    """Return a line as it is read, or the line as it is and why it cannot be read."""
    try:
        read = read_line(line, attribute)
    except (ManifestError, RowError) as error:
        return line, error.message
    if not str(read["source-ref"]).startswith("s3://"):
        return read, "source-ref must be an s3:// URI"
    if not isinstance(read[f"{attribute}-metadata"].get("class-map"), dict):
        return read, f"{attribute}-metadata.class-map must be an object"
    return read, None


def _evidence_columns(source_ref: str, known: Evidence) -> dict[str, Any]:
    return {
        "near_holdout": source_ref in known.near_holdout,
        "unchanged": source_ref not in known.changed,
        "agreement": known.agreement.get(source_ref),
        "night_agreement": known.mean_agreement,
        "contradicted": known.contradicted,
        "class_drift": known.class_drift,
        "num_training_samples": known.num_training_samples,
    }


def _label_columns(line: ManifestLine, attribute: str) -> dict[str, Any]:
    label = _mapping(line.get(attribute))
    size = _mapping(next(iter(_list(label.get("image_size"))), None))
    width, height = _number(size.get("width")), _number(size.get("height"))
    annotations = [_mapping(item) for item in _list(label.get("annotations"))]
    boxes = [[_number(item.get(edge)) for edge in EDGES] for item in annotations]
    whole = [[value for value in box if value is not None] for box in boxes if None not in box]
    class_ids = [item.get("class_id") for item in annotations]
    numbers = [class_id for class_id in class_ids if isinstance(class_id, int)]
    return {
        "width": width,
        "height": height,
        "depth": _number(size.get("depth")),
        "annotations": len(annotations) if isinstance(label.get("annotations"), list) else None,
        "min_left": min((box[0] for box in whole), default=None),
        "min_top": min((box[1] for box in whole), default=None),
        "max_right_overflow": _overflow([box[0] + box[2] for box in whole], width),
        "max_bottom_overflow": _overflow([box[1] + box[3] for box in whole], height),
        "min_box_side": min((min(box[2:]) for box in whole), default=None),
        "twin_boxes": _twins(annotations),
        "whole_image_boxes": sum(_is_whole_image(box, width, height) for box in whole),
        "min_class_id": min(numbers, default=None),
        "max_class_id": max(numbers, default=None),
        "required_label_width": 5 * len(annotations) + 2,
        "class_ids": class_ids,
    }


def _metadata_columns(
    line: ManifestLine, attribute: str, classes: Sequence[str], class_ids: list[Any]
) -> dict[str, Any]:
    metadata = _mapping(line.get(f"{attribute}-metadata"))
    class_map = _mapping(metadata.get("class-map"))
    names = {str(number): label for number, label in enumerate(classes)}
    objects = _list(metadata.get("objects"))
    confidences = [_number(_mapping(item).get("confidence")) for item in objects]
    return {
        "objects": len(objects) if isinstance(metadata.get("objects"), list) else None,
        "class_ids_known": all(isinstance(item, int) and str(item) in class_map for item in class_ids),
        "class_map_matches": bool(class_map or not class_ids) and all(names.get(k) == v for k, v in class_map.items()),
        "confidences_valid": all(value is not None and 0 <= value <= 1 for value in confidences),
        "type": _text(metadata.get("type")),
        "human_annotated": _text(metadata.get("human-annotated")),
        "job_name": _text(metadata.get("job-name")),
    }


def _date_columns(line: ManifestLine, attribute: str, latest: datetime) -> dict[str, Any]:
    date = _mapping(line.get(f"{attribute}-metadata")).get("creation-date")
    try:
        created = created_at(line, attribute)
    except RowError:
        return {"creation_date": _text(date), "date_valid": None if date is None else False, "date_passed": None}
    return {"creation_date": _text(date), "date_valid": True, "date_passed": created <= latest}


def _twins(annotations: list[Json]) -> int:
    drawn = [(item.get("class_id"), *(_number(item.get(edge)) for edge in EDGES)) for item in annotations]
    readable = [str(box) for box in drawn if None not in box]
    return len(readable) - len(set(readable))


def _is_whole_image(box: list[float], width: float | None, height: float | None) -> bool:
    if width is None or height is None:
        return False
    left, top, wide, high = box
    return left <= 0 and top <= 0 and left + wide >= width and top + high >= height


def _known_elsewhere(image: Image | None, held: Collection[str], etags: Collection[str]) -> bool:
    if image is None:
        return False
    return place_of(image.original or "") in held or (bool(image.etag) and image.etag in etags)


def _overflow(ends: list[float], edge: float | None) -> float | None:
    return max(ends) - edge if ends and edge is not None else None


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)
    return value if fine else None  # type: ignore[return-value]
