"""A manifest in the other forms the algorithm and others read, and back.

The built-in Object Detection algorithm takes an augmented manifest, or images with a JSON file each, or RecordIO;
COCO's JSON is what most other tools read. Coming back, a line says `human-annotated` and a date as the manifest
asks; what a form cannot hold (confidences in COCO's, dates in all) is taken from the arguments.
Sources: Amazon SageMaker Developer Guide, "Input/Output Interface for the Object Detection Algorithm"; MXNet,
"Object Detection with Image Record Iter" (label: header width 2, object width 5, then class and corners as ratios);
cocodataset.org, "Data format".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nightloop.loop import rows
from nightloop.loop.errors import ManifestError, RecordError, RowError
from nightloop.loop.jsonl import Json
from nightloop.loop.manifest import ManifestLine, annotations_of, image_size, is_ignored
from nightloop.loop.recordio import ImageRecord, pack_record, read_records, unpack_record, write_records

_HEADER_WIDTH, _OBJECT_WIDTH = 2, 5
_EDGES = ("left", "top", "width", "height")


@dataclass(frozen=True, slots=True)
class LineMaker:
    """What a line has beside its boxes, for forms that do not hold it."""

    classes: tuple[str, ...]
    attribute: str
    created: str
    job_name: str

    def line(self, source_ref: str, width: int, height: int, annotations: Sequence[Json]) -> ManifestLine:
        """Make a manifest line."""
        metadata = {
            "class-map": {str(number): label for number, label in enumerate(self.classes)},
            "objects": [{"confidence": 1} for _ in annotations],
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": self.created,
            "job-name": self.job_name,
        }
        size = [{"width": width, "height": height, "depth": 3}]
        label = {"annotations": list(annotations), "image_size": size}
        return {"source-ref": source_ref, self.attribute: label, f"{self.attribute}-metadata": metadata}


def to_image_json(line: ManifestLine, file: str, classes: Sequence[str], attribute: str) -> Json:
    """Return the JSON that lies beside an image in the algorithm's image form; ``file`` is the image's name there."""
    width, height = image_size(line, attribute)
    return {
        "file": file,
        "image_size": [{"width": width, "height": height, "depth": 3}],
        "annotations": [_annotation(item) for item in annotations_of(line, attribute)],
        "categories": [{"class_id": number, "name": label} for number, label in enumerate(classes)],
    }


def from_image_json(row: Json, source_ref: str, maker: LineMaker) -> ManifestLine:
    """Read what ``to_image_json`` wrote; ManifestError when it calls a class by another name than the loop."""
    for category in rows.items(row, "categories"):
        number, label = rows.integer(category, "class_id"), rows.text(category, "name")
        if not 0 <= number < len(maker.classes) or maker.classes[number] != label:
            raise ManifestError(f"calls class {number} {label!r}, which is not the loop's", image=source_ref)
    sizes = rows.items(row, "image_size")
    if len(sizes) != 1:
        raise RowError(f"'image_size' must hold one size, not {len(sizes)}", image=source_ref)
    size = rows.integer(sizes[0], "width"), rows.integer(sizes[0], "height")
    return maker.line(source_ref, *size, [_annotation(item) for item in rows.items(row, "annotations")])


def to_records(lines: Sequence[ManifestLine], read: Callable[[str], bytes], attribute: str) -> tuple[bytes, bytes]:
    """Return `.rec` and `.idx` of lines; ``read`` gives an image's bytes by its source-ref.

    Every label is as long as the longest, filled up with -1, as MXNet's iterator wants it.
    """
    labels = [_record_label(line, attribute) for line in lines]
    longest = max(map(len, labels), default=0)
    return write_records(
        [
            pack_record(ImageRecord(number, (*label, *[-1.0] * (longest - len(label))), read(str(line["source-ref"]))))
            for number, (line, label) in enumerate(zip(lines, labels, strict=True))
        ]
    )


def from_records(
    body: bytes, sizes: Sequence[tuple[str, int, int]], maker: LineMaker
) -> list[tuple[ManifestLine, bytes]]:
    """Read what ``to_records`` wrote, each line with its image's bytes.

    ``sizes`` are source-ref, width and height of each record: ratios become pixels with them.
    RecordError when the numbers of records and sizes differ or a label is none.
    """
    records = [unpack_record(payload) for payload in read_records(body)]
    if len(records) != len(sizes):
        raise RecordError(f"holds {len(records)} records; {len(sizes)} images were named")
    return [
        (maker.line(source_ref, width, height, _from_label(record.label, width, height)), record.body)
        for record, (source_ref, width, height) in zip(records, sizes, strict=True)
    ]


def to_coco(lines: Sequence[ManifestLine], classes: Sequence[str], attribute: str) -> Json:
    """Return lines as one COCO dataset; ids count from 1, a category's is its class number + 1."""
    images: list[Json] = []
    annotations: list[Json] = []
    for number, line in enumerate(lines, start=1):
        width, height = image_size(line, attribute)
        images.append({"id": number, "file_name": rows.text(line, "source-ref"), "width": width, "height": height})
        for item in annotations_of(line, attribute):
            box = [rows.number(item, edge) for edge in _EDGES]
            entry = {"id": len(annotations) + 1, "image_id": number, "category_id": rows.integer(item, "class_id") + 1}
            annotations.append(entry | {"bbox": box, "area": box[2] * box[3], "iscrowd": int(is_ignored(item))})
    categories = [{"id": number, "name": label} for number, label in enumerate(classes, start=1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def from_coco(dataset: Json, maker: LineMaker) -> list[ManifestLine]:
    """Read a COCO dataset, its categories found by name; ManifestError names a category the loop has not."""
    numbers: dict[int, int] = {}
    for category in rows.items(dataset, "categories"):
        label = rows.text(category, "name")
        if label not in maker.classes:
            raise ManifestError(f"has a category {label!r}, which is not among the loop's classes")
        numbers[rows.integer(category, "id")] = maker.classes.index(label)
    by_image: dict[int, list[Json]] = {}
    for entry in rows.items(dataset, "annotations"):
        by_image.setdefault(rows.integer(entry, "image_id"), []).append(_from_coco(entry, numbers))
    return [
        maker.line(
            rows.text(image, "file_name"),
            rows.integer(image, "width"),
            rows.integer(image, "height"),
            by_image.get(rows.integer(image, "id"), []),
        )
        for image in rows.items(dataset, "images")
    ]


def _from_coco(entry: Json, numbers: Mapping[int, int]) -> Json:
    box, category = rows.items(entry, "bbox"), rows.integer(entry, "category_id")
    if len(box) != 4 or category not in numbers:
        raise ManifestError(f"has an annotation of category {category} with the box {box!r}")
    crowd = {"iscrowd": 1} if entry.get("iscrowd") else {}
    edges = {edge: _whole(float(value)) for edge, value in zip(_EDGES, box, strict=True)}
    return {"class_id": numbers[category], **edges, **crowd}


def _annotation(item: Json) -> Json:
    edges = {edge: _whole(rows.number(item, edge)) for edge in _EDGES}
    return {"class_id": rows.integer(item, "class_id"), **edges}


def _record_label(line: ManifestLine, attribute: str) -> list[float]:
    width, height = image_size(line, attribute)
    label: list[float] = [_HEADER_WIDTH, _OBJECT_WIDTH]
    for item in annotations_of(line, attribute):
        left, top, wide, high = (rows.number(item, edge) for edge in _EDGES)
        corners = [left / width, top / height, (left + wide) / width, (top + high) / height]
        label += [rows.integer(item, "class_id"), *corners]
    return label


def _from_label(label: Sequence[float], width: int, height: int) -> list[Json]:
    if len(label) < 2 or label[1] < _OBJECT_WIDTH or label[0] < _HEADER_WIDTH:
        raise RecordError(f"a detection label begins with its two widths, not with {list(label[:2])}")
    step, items = int(label[1]), []
    for begin in range(int(label[0]), len(label) - step + 1, step):
        class_id, left, top, right, bottom = label[begin : begin + _OBJECT_WIDTH]
        if class_id >= 0:
            low, high = (round(left * width), round(top * height)), (round(right * width), round(bottom * height))
            sides = {"width": high[0] - low[0], "height": high[1] - low[1]}
            items.append({"class_id": int(class_id), "left": low[0], "top": low[1], **sides})
    return items


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value
