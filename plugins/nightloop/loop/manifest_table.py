"""Manifest lines as flat rows, one a line, for the Great Expectations suites in ``include/expectations``.

A row is made of any JSON object, however wrong: what cannot be read is None in its column and named in ``problem``.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nightloop.loop.evidence import Evidence
from nightloop.loop.images import Image
from nightloop.loop.jsonl import Json
from nightloop.loop.manifest import ManifestLine

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
    "min_class_id",
    "max_class_id",
    "class_ids_known",
    "class_map_matches",
    "confidences_valid",
    "type",
    "human_annotated",
    "creation_date",
    "job_name",
    "duplicate",
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

_EDGES = ("left", "top", "width", "height")


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
) -> list[dict[str, Any]]:
    """Return one row of ``COLUMNS`` per line.

    ``images`` (by source-ref) and ``holdout_etags`` find holdout images under another URI; ``label_width`` is the
    hyperparameter the training will be given, None for a manifest that is not trained on as it is. ``evidence`` is
    what else is known; a share that is not known is None.
    """
    known = evidence or Evidence()
    counts = Counter(_text(line.get("source-ref")) for line in lines)
    table = []
    for number, line in enumerate(lines, start=1):
        source_ref = _text(line.get("source-ref"))
        image = (images or {}).get(source_ref or "")
        row = {"line_number": number, "source_ref": source_ref} | _label_columns(line, attribute)
        row |= _metadata_columns(line, attribute, classes, row.pop("class_ids"))
        row["duplicate"] = source_ref is not None and counts[source_ref] > 1
        row["in_holdout"] = source_ref in holdout_refs or _known_elsewhere(image, holdout_refs, holdout_etags)
        row |= _evidence_columns(source_ref or "", known) | {"lines": len(lines), "label_width": label_width}
        row["problem"] = _problem(line, attribute)
        table.append({column: row[column] for column in COLUMNS})
    return table


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
    boxes = [[_number(item.get(edge)) for edge in _EDGES] for item in annotations]
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
        "class_map_matches": bool(class_map) and all(names.get(key) == label for key, label in class_map.items()),
        "confidences_valid": all(value is not None and 0 <= value <= 1 for value in confidences),
        "type": _text(metadata.get("type")),
        "human_annotated": _text(metadata.get("human-annotated")),
        "creation_date": _text(metadata.get("creation-date")),
        "job_name": _text(metadata.get("job-name")),
    }


def _problem(line: ManifestLine, attribute: str) -> str | None:
    """Name the first part of a line that has the wrong shape, None when every part is what it must be."""
    label, metadata = _mapping(line.get(attribute)), _mapping(line.get(f"{attribute}-metadata"))
    sizes, annotations = label.get("image_size"), label.get("annotations")
    shapes = {
        "source-ref must be an s3:// URI": (_text(line.get("source-ref")) or "").startswith("s3://"),
        f"{attribute} must be an object": bool(label),
        f"{attribute}.image_size must be a list of one size with width and height": _is_size(sizes),
        f"{attribute}.annotations must be a list": isinstance(annotations, list),
        f"{attribute}.annotations must hold class_id, left, top, width and height as numbers": all(
            _is_annotation(item) for item in _list(annotations)
        ),
        f"{attribute}-metadata must be an object": bool(metadata),
        f"{attribute}-metadata.class-map must be an object": isinstance(metadata.get("class-map"), dict),
        f"{attribute}-metadata.objects must be a list": isinstance(metadata.get("objects"), list),
    }
    return next((sentence for sentence, fine in shapes.items() if not fine), None)


def _is_size(sizes: object) -> bool:
    size = _mapping(_list(sizes)[0]) if len(_list(sizes)) == 1 else {}
    return all(_number(size.get(key)) is not None for key in ("width", "height"))


def _is_annotation(item: object) -> bool:
    values = _mapping(item)
    class_id = values.get("class_id")
    whole = isinstance(class_id, int) and not isinstance(class_id, bool)
    return whole and all(_number(values.get(edge)) is not None for edge in _EDGES)


def _known_elsewhere(image: Image | None, refs: Collection[str], etags: Collection[str]) -> bool:
    return image is not None and (image.original in refs or (bool(image.etag) and image.etag in etags))


def _overflow(ends: list[float], edge: float | None) -> float | None:
    return max(ends) - edge if ends and edge is not None else None


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if fine else None  # type: ignore[return-value]
