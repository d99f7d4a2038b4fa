"""A manifest in the other forms that the algorithm and other tools read, and back.

The built-in Object Detection algorithm takes an augmented manifest, or images with a JSON file each, or RecordIO; most
other tools read COCO's JSON. A line that comes back has `human-annotated` and a date, as the manifest requires; what a
form cannot hold (confidences in COCO's, dates in all) comes from the arguments. Marks of objects that need not be found
stay: `iscrowd` and `difficult` beside a box; in a record, which has room for `difficult` only, the sixth number of an
object. Nothing is paired by its place: COCO's annotations are paired by the id of their image, records by their number.
An error names what has no partner, or two.

Sources: Amazon SageMaker Developer Guide, "Input/Output Interface for the Object Detection Algorithm"; MXNet, "Object
Detection with Image Record Iter" (label: header width 2, object width 5, then class and corners as ratios;
`example/ssd/dataset/pascal_voc.py`: width 6, the last number is difficult); cocodataset.org, "Data format".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nightloop.domain.detection.manifest.reader import (
    EDGES,
    ManifestLine,
    annotations_of,
    flag_of,
    image_size,
    is_crowd,
    is_difficult,
    is_ignored,
)
from nightloop.domain.detection.manifest.recordio import (
    ImageRecord,
    pack_record,
    read_records,
    unpack_record,
    write_records,
)
from nightloop.domain.errors import LoopError, ManifestError, RecordError, RowError
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

_HEADER_WIDTH, _OBJECT_WIDTH, _DIFFICULT_WIDTH = 2, 5, 6
_FILLING = -1.0
_FLAGS = ("iscrowd", "difficult")


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
    """Return the JSON that lies beside an image in the algorithm's image form; `file` is the image's name there."""
    width, height = image_size(line, attribute)
    return {
        "file": file,
        "image_size": [{"width": width, "height": height, "depth": 3}],
        "annotations": [_annotation(item) for item in annotations_of(line, attribute)],
        "categories": [{"class_id": number, "name": label} for number, label in enumerate(classes)],
    }


def from_image_json(row: Json, source_ref: str, maker: LineMaker) -> ManifestLine:
    """Read what `to_image_json` wrote.

    :raises ManifestError: if it calls a class by another name than the loop.
    """
    for category in fields.items(row, "categories"):
        number, label = fields.integer(category, "class_id"), fields.text(category, "name")
        if not 0 <= number < len(maker.classes) or maker.classes[number] != label:
            raise ManifestError(f"calls class {number} {label!r}, which is not the loop's", image=source_ref)
    try:
        size = image_size({"row": row}, "row")
        return maker.line(source_ref, *size, [_annotation(item) for item in annotations_of({"row": row}, "row")])
    except RowError as error:
        raise RowError(error.message, image=source_ref) from error


def to_records(lines: Sequence[ManifestLine], read: Callable[[str], bytes], attribute: str) -> tuple[bytes, bytes]:
    """Return `.rec` and `.idx` of lines; `read` gives an image's bytes by its source-ref.

    Every label is as long as the longest and filled up with -1, as MXNet's iterator wants it. Objects have a sixth
    number if any is marked difficult.

    :raises RecordError: naming the image of a crowd, because a record has no number for one.
    """
    annotations = [(line, item) for line in lines for item in annotations_of(line, attribute)]
    for line, item in annotations:
        if is_crowd(item):
            raise RecordError("has a crowd, which a record cannot mark", image=fields.text(line, "source-ref"))
    width = _DIFFICULT_WIDTH if any(is_difficult(item) for _, item in annotations) else _OBJECT_WIDTH
    labels = [_record_label(line, attribute, width) for line in lines]
    longest = max(map(len, labels), default=0)
    return write_records(
        [
            pack_record(
                ImageRecord(number, (*label, *[_FILLING] * (longest - len(label))), read(str(line["source-ref"])))
            )
            for number, (line, label) in enumerate(zip(lines, labels, strict=True))
        ]
    )


def from_records(
    body: bytes, sizes: Sequence[tuple[str, int, int]], maker: LineMaker
) -> list[tuple[ManifestLine, bytes]]:
    """Read what `to_records` wrote, each line with its image's bytes, in the order of `sizes`.

    `sizes` are source-ref, width and height of each image, in the order of the records' numbers (that of the `.lst`
    they were made from, even if the file has another order); they turn ratios into pixels.

    :raises RecordError: if a number has no record, two, or no image, or a label is no label.
    """
    records: dict[int, ImageRecord] = {}
    for record in map(unpack_record, read_records(body)):
        if record.number in records:
            raise RecordError(f"holds two records of number {record.number}: whose image is whose cannot be known")
        records[record.number] = record
    if len(records) != len(sizes):
        raise RecordError(f"holds {len(records)} records; {len(sizes)} images were named")
    missing = [(number, ref) for number, (ref, _, _) in enumerate(sizes) if number not in records]
    if missing:
        (number, ref), left = missing[0], sorted(records.keys() - set(range(len(sizes))))
        raise RecordError(f"holds no record of number {number}; it has {left[0]}, which names no image", image=ref)
    return [(_from_record(records[number], *size, maker), records[number].body) for number, size in enumerate(sizes)]


def _from_record(record: ImageRecord, ref: str, width: int, height: int, maker: LineMaker) -> ManifestLine:
    try:
        return maker.line(ref, width, height, _from_label(record.label, width, height))
    except LoopError as error:
        raise RecordError(f"record {record.number}: {error.message}", image=ref) from error


def to_coco(lines: Sequence[ManifestLine], classes: Sequence[str], attribute: str) -> Json:
    """Return lines as one COCO dataset; ids count from 1, and a category's id is its class number + 1.

    A `difficult` object becomes `iscrowd` too, because COCO has only that mark for what need not be found; `difficult`
    stays beside it.
    """
    images: list[Json] = []
    annotations: list[Json] = []
    for number, line in enumerate(lines, start=1):
        width, height = image_size(line, attribute)
        images.append({"id": number, "file_name": fields.text(line, "source-ref"), "width": width, "height": height})
        for item in annotations_of(line, attribute):
            box = [fields.number(item, edge) for edge in EDGES]
            entry = {
                "id": len(annotations) + 1,
                "image_id": number,
                "category_id": fields.integer(item, "class_id") + 1,
            }
            object_alone = is_difficult(item) and not is_crowd(item)
            marks = {"iscrowd": int(is_ignored(item))} | ({"difficult": 1} if object_alone else {})
            annotations.append(entry | {"bbox": box, "area": box[2] * box[3]} | marks)
    categories = [{"id": number, "name": label} for number, label in enumerate(classes, start=1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def from_coco(dataset: Json, maker: LineMaker) -> list[ManifestLine]:
    """Read a COCO dataset; find its categories by name.

    An annotation marked `difficult`, as in files made from VOC's, is difficult and no crowd.

    :raises ManifestError: naming a category that the loop does not have, an id or a name that occurs twice, or an
        annotation without its image or category.
    """
    numbers = _categories(dataset, maker.classes)
    images = {image["id"]: image for image in _once(fields.items(dataset, "images"), "id", "images", whole=True)}
    _once(fields.items(dataset, "images"), "file_name", "images")
    _once([entry for entry in fields.items(dataset, "annotations") if "id" in entry], "id", "annotations", whole=True)
    by_image: dict[int, list[Json]] = {number: [] for number in images}
    for entry in fields.items(dataset, "annotations"):
        image_id = fields.integer(entry, "image_id")
        if image_id not in images:
            raise ManifestError(f"has an annotation ({entry.get('id')}) of image {image_id}, which is not there")
        by_image[image_id].append(_from_coco(entry, numbers))
    return [
        maker.line(
            fields.text(image, "file_name"),
            fields.integer(image, "width"),
            fields.integer(image, "height"),
            by_image[number],
        )
        for number, image in images.items()
    ]


def _categories(dataset: Json, classes: Sequence[str]) -> dict[int, int]:
    categories = _once(fields.items(dataset, "categories"), "id", "categories", whole=True)
    _once(categories, "name", "categories")
    for category in categories:
        if category["name"] not in classes:
            raise ManifestError(f"has a category {category['name']!r}, which is not among the loop's classes")
    return {category["id"]: classes.index(category["name"]) for category in categories}


def _once(entries: Sequence[Json], key: str, what: str, *, whole: bool = False) -> list[Json]:
    """Return the entries with what is under `key` read.

    :raises ManifestError: naming one that is there twice.
    """
    read = [entry | {key: fields.integer(entry, key) if whole else fields.text(entry, key)} for entry in entries]
    seen: set[object] = set()
    for entry in read:
        if entry[key] in seen:
            raise ManifestError(f"has two {what} of the {key} {entry[key]!r}")
        seen.add(entry[key])
    return read


def _from_coco(entry: Json, numbers: Mapping[int, int]) -> Json:
    box, category = fields.items(entry, "bbox"), fields.integer(entry, "category_id")
    if len(box) != 4 or category not in numbers:
        raise ManifestError(f"has an annotation of category {category} with the box {box!r}")
    edges = {edge: _whole(fields.number({edge: value}, edge)) for edge, value in zip(EDGES, box, strict=True)}
    mark = "difficult" if flag_of(entry, "difficult") else "iscrowd"
    return {"class_id": numbers[category], **edges} | ({mark: 1} if is_ignored(entry) else {})


def _annotation(item: Json) -> Json:
    edges = {edge: _whole(fields.number(item, edge)) for edge in EDGES}
    marks = {flag: 1 for flag in _FLAGS if flag_of(item, flag)}
    return {"class_id": fields.integer(item, "class_id"), **edges, **marks}


def _record_label(line: ManifestLine, attribute: str, object_width: int) -> list[float]:
    width, height = image_size(line, attribute)
    label: list[float] = [_HEADER_WIDTH, object_width]
    for item in annotations_of(line, attribute):
        left, top, wide, high = (fields.number(item, edge) for edge in EDGES)
        corners = [left / width, top / height, (left + wide) / width, (top + high) / height]
        label += [fields.integer(item, "class_id"), *corners, float(is_difficult(item))][:object_width]
    return label


def _from_label(label: Sequence[float], width: int, height: int) -> list[Json]:
    if len(label) < 2 or label[1] < _OBJECT_WIDTH or label[0] < _HEADER_WIDTH:
        raise RecordError(f"a detection label begins with its two widths, not with {list(label[:2])}")
    step, items = int(label[1]), []
    left_over = label[int(label[0]) :][(len(label) - int(label[0])) // step * step :]
    if any(number != _FILLING for number in left_over):
        raise RecordError(f"a label of {len(label)} numbers ends inside an object of {step}")
    for begin in range(int(label[0]), len(label) - step + 1, step):
        class_id, left, top, right, bottom = label[begin : begin + _OBJECT_WIDTH]
        if class_id >= 0:
            low, high = (round(left * width), round(top * height)), (round(right * width), round(bottom * height))
            sides = {"width": high[0] - low[0], "height": high[1] - low[1]}
            difficult = (
                flag_of({"difficult": label[begin + _OBJECT_WIDTH]}, "difficult") if step > _OBJECT_WIDTH else False
            )
            mark = {"difficult": 1} if difficult else {}
            items.append({"class_id": int(class_id), "left": low[0], "top": low[1], **sides, **mark})
    return items


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value
