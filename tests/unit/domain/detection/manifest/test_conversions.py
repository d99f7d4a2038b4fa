"""A manifest through the other forms and back; RecordIO read by a reader written from MXNet's description alone."""

import json
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nightloop.domain.detection.manifest.conversions import (
    LineMaker,
    from_coco,
    from_image_json,
    from_records,
    to_coco,
    to_image_json,
    to_records,
)
from nightloop.domain.detection.manifest.recordio import (
    ImageRecord,
    pack_record,
    read_records,
    unpack_record,
    write_records,
)
from nightloop.domain.errors import LoopError, ManifestError, RecordError

MAGIC = b"\x0a\x23\xd7\xce"
ATTRIBUTE = "bounding-box"


class IndependentReader:
    """Finds records by the index alone, as MXIndexedRecordIO does, word by word."""

    def __init__(self, rec: bytes, idx: bytes) -> None:
        self.words = [rec[i : i + 4] for i in range(0, len(rec), 4)]
        pairs = (line.split("\t") for line in idx.decode().splitlines())
        self.positions = {int(key): int(position) for key, position in pairs}

    def payload(self, key: int) -> bytes:
        word, result = self.positions[key] // 4, b""
        while True:
            assert self.words[word] == MAGIC
            (header,) = struct.unpack("<L", self.words[word + 1])
            flag, length = header // 2**29, header % 2**29
            count = (length + 3) // 4
            result += b"".join(self.words[word + 2 : word + 2 + count])[:length]
            word += 2 + count
            if flag in {0, 3}:
                return result
            result += MAGIC

    def image(self, key: int):
        payload = self.payload(key)
        (count,), (number, _) = struct.unpack("<I", payload[:4]), struct.unpack("<QQ", payload[8:24])
        floats = struct.unpack(f"<{count}f", payload[24 : 24 + 4 * count])
        return number, floats, payload[24 + 4 * count :]


# Bytes in which the magic number is frequent, at and off multiples of four.
payloads = st.lists(st.one_of(st.binary(max_size=9), st.just(MAGIC)), max_size=8).map(b"".join)


@given(st.lists(payloads, max_size=6))
@example([MAGIC, MAGIC * 3, b"x" + MAGIC, b"", b"abcd" + MAGIC + b"efg"])
def test_records_are_read_back_by_another_reader_and_our_own(records) -> None:
    rec, idx = write_records(records)
    assert len(rec) % 4 == 0
    other = IndependentReader(rec, idx)
    assert [other.payload(key) for key in range(len(records))] == records
    assert list(read_records(rec)) == records


@given(st.lists(st.floats(width=32, allow_nan=False), max_size=12), payloads, st.integers(0, 2**63))
def test_image_records_survive(label, body, number) -> None:
    record = ImageRecord(number, tuple(label), body)
    rec, idx = write_records([pack_record(record)])
    assert IndependentReader(rec, idx).image(0) == (number, tuple(label), body)
    assert unpack_record(pack_record(record)) == (record if label else ImageRecord(number, (0.0,), body))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"JPEG" * 4, "no RecordIO frame at byte 0"),
        (MAGIC + struct.pack("<I", 100) + b"abc", "incomplete"),
        (MAGIC + struct.pack("<I", 3 << 29), "out of order"),
        (MAGIC + struct.pack("<I", 1 << 29), "inside a split record"),
        (write_records([b"abcd"])[0] + b"tail", "byte 12"),
    ],
)
def test_what_is_no_recordio_is_refused(body, words) -> None:
    with pytest.raises(RecordError, match=words):
        list(read_records(body))


def test_a_record_too_short_for_its_label_is_refused() -> None:
    for payload in (b"short", struct.pack("<IfQQ", 9, 0, 1, 0)):
        with pytest.raises(RecordError):
            unpack_record(payload)


@pytest.fixture
def maker(make) -> LineMaker:
    return LineMaker(tuple(make.classes), ATTRIBUTE, "2026-11-23T07:59:58.321Z", "a2i/voc-0123456789abcdef")


@pytest.fixture
def lines(make):
    two = make.line(make.drawn("cat", 3, 5, 700, 400), make.drawn("dog", 0, 0, 800, 533), uri="s3://b/1.jpg")
    return [two, make.line(uri="s3://b/2.jpg"), make.line(make.drawn("tvmonitor", 799, 532, 1, 1), uri="s3://b/3.jpg")]


def test_images_with_a_json_each_and_back(make, maker, lines) -> None:
    rows = [json.loads(json.dumps(to_image_json(line, "a.jpg", make.classes, ATTRIBUTE))) for line in lines]
    assert rows[0]["categories"][7] == {"class_id": 7, "name": "cat"}
    assert [from_image_json(row, line["source-ref"], maker) for row, line in zip(rows, lines, strict=True)] == lines
    rows[0]["categories"][7]["name"] = "lion"
    with pytest.raises(ManifestError, match="calls class 7 'lion'"):
        from_image_json(rows[0], "s3://b/1.jpg", maker)


def test_recordio_and_back(maker, lines) -> None:
    bodies = {line["source-ref"]: b"\xff\xd8" + MAGIC * 2 + line["source-ref"].encode() for line in lines}
    rec, idx = to_records(lines, bodies.__getitem__, ATTRIBUTE)
    reader = IndependentReader(rec, idx)
    number, label, body = reader.image(0)
    assert (number, body) == (0, bodies["s3://b/1.jpg"])
    assert label == pytest.approx([2, 5, 7, 3 / 800, 5 / 533, 703 / 800, 405 / 533, 11, 0, 0, 1, 1])
    assert reader.image(1)[1] == (2, 5, *[-1] * 10)  # padded to the longest
    sizes = [(line["source-ref"], 800, 533) for line in lines]
    assert from_records(rec, sizes, maker) == [(line, bodies[line["source-ref"]]) for line in lines]
    with pytest.raises(RecordError, match="holds 3 records; 2 images"):
        from_records(rec, sizes[:2], maker)


def test_coco_and_back(make, maker, lines) -> None:
    lines[0]["bounding-box"]["annotations"][1]["iscrowd"] = 1
    dataset = json.loads(json.dumps(to_coco(lines, make.classes, ATTRIBUTE)))
    assert from_coco(dataset, maker) == lines
    dataset["categories"].reverse()  # found by name, not by place
    assert from_coco(dataset, maker) == lines
    dataset["categories"][0]["name"] = "lion"
    with pytest.raises(ManifestError, match="category 'lion'"):
        from_coco(dataset, maker)


def test_pycocotools_reads_what_is_written(make, lines) -> None:
    from pycocotools.coco import COCO

    coco = COCO()
    coco.dataset = to_coco(lines, make.classes, ATTRIBUTE)
    coco.createIndex()
    assert len(coco.getAnnIds(catIds=coco.getCatIds(catNms=["cat"]))) == 1


def record(number, *objects, width=5, body=b"x") -> bytes:
    return pack_record(ImageRecord(number, (2, width, *(value for item in objects for value in item)), body))


CAT, DOG = (7, 0.1, 0.2, 0.5, 0.6), (11, 0.1, 0.2, 0.5, 0.6)
SIZES = [("s3://b/cat.jpg", 100, 80), ("s3://b/dog.jpg", 100, 80)]


def test_records_are_found_by_their_numbers(maker) -> None:
    body, _ = write_records([record(1, DOG, body=b"dog"), record(0, CAT, body=b"cat")])
    found = [
        (line["source-ref"], line[ATTRIBUTE]["annotations"][0]["class_id"], image)
        for line, image in from_records(body, SIZES, maker)
    ]
    assert found == [("s3://b/cat.jpg", 7, b"cat"), ("s3://b/dog.jpg", 11, b"dog")]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 0), "two records of number 0"),
        ((1, 2), "s3://b/cat.jpg: holds no record of number 0; it has 2, which names no image"),
        ((0, 2**63), "s3://b/dog.jpg: holds no record of number 1"),
        ((0, 1, 2), "holds 3 records; 2 images"),
        ((0,), "holds 1 records; 2 images"),
    ],
)
def test_a_record_without_image_is_named(maker, numbers, words) -> None:
    body, _ = write_records([record(number, CAT) for number in numbers])
    with pytest.raises(RecordError, match=words):
        from_records(body, SIZES, maker)


def test_a_records_sixth_number_is_difficult(maker) -> None:
    body, _ = write_records([record(0, (*CAT, 1), (*DOG, 0), (-1,) * 6, width=6)])
    ((line, _),) = from_records(body, SIZES[:1], maker)
    assert [item.get("difficult") for item in line[ATTRIBUTE]["annotations"]] == [1, None]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (record(0, (*CAT, 7), width=6), "record 0: 'difficult' must be 0 or 1, not 7"),
        (record(0, (*CAT, 0), width=5), "record 0: a label of 8 numbers ends inside an object of 5"),
    ],
)
def test_a_label_that_is_none_names_its_image(maker, payload, words) -> None:
    with pytest.raises(RecordError, match=words) as caught:
        from_records(write_records([payload])[0], SIZES[:1], maker)
    assert caught.value.image == "s3://b/cat.jpg"


def test_difficult_survives_every_form(make, maker, lines) -> None:
    lines[0][ATTRIBUTE]["annotations"][1]["difficult"] = 1
    images = [to_image_json(line, "a.jpg", make.classes, ATTRIBUTE) for line in lines]
    assert [from_image_json(row, line["source-ref"], maker) for row, line in zip(images, lines, strict=True)] == lines
    dataset = to_coco(lines, make.classes, ATTRIBUTE)
    assert [entry["iscrowd"] for entry in dataset["annotations"]] == [0, 1, 0]
    assert from_coco(dataset, maker) == lines
    rec, idx = to_records(lines, lambda _: b"x", ATTRIBUTE)
    assert IndependentReader(rec, idx).image(0)[1][:2] == (2, 6)
    assert [line for line, _ in from_records(rec, [(item["source-ref"], 800, 533) for item in lines], maker)] == lines


def test_a_crowd_has_no_place_in_a_record(lines) -> None:
    lines[0][ATTRIBUTE]["annotations"][1]["iscrowd"] = "1"
    with pytest.raises(RecordError, match=r"s3://b/1\.jpg: has a crowd, which a record cannot mark"):
        to_records(lines, lambda _: b"x", ATTRIBUTE)


def test_a_crowd_stays_one_in_a_coco_file(make, maker, lines) -> None:
    lines[0][ATTRIBUTE]["annotations"][1] |= {"iscrowd": 1, "difficult": 1}
    found = from_coco(to_coco(lines, make.classes, ATTRIBUTE), maker)[0][ATTRIBUTE]["annotations"][1]
    assert (found["iscrowd"], found.get("difficult")) == (1, None)


def test_a_crowd_survives_beside_an_image(make, maker, lines) -> None:
    lines[0][ATTRIBUTE]["annotations"][1]["iscrowd"] = 1
    row = to_image_json(lines[0], "a.jpg", make.classes, ATTRIBUTE)
    assert from_image_json(row, "s3://b/1.jpg", maker) == lines[0]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"iscrowd": 0, "difficult": 1}, {"difficult": 1}),
        ({"iscrowd": "0", "difficult": "1"}, {"difficult": 1}),
        ({"iscrowd": 1, "difficult": 1}, {"difficult": 1}),
        ({"iscrowd": "1"}, {"iscrowd": 1}),
        ({"iscrowd": "0", "difficult": "0"}, {}),
    ],
)
def test_marks_in_a_coco_file(make, maker, lines, marks, expected) -> None:
    dataset = to_coco(lines, make.classes, ATTRIBUTE)
    dataset["annotations"][0] |= marks
    annotation = from_coco(dataset, maker)[0][ATTRIBUTE]["annotations"][0]
    assert {key: annotation[key] for key in ("iscrowd", "difficult") if key in annotation} == expected


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("images", {"id": 1}, "two images of the id 1"),
        ("images", {"id": 1.0}, "two images of the id 1"),
        ("images", {"file_name": "s3://b/1.jpg"}, "two images of the file_name 's3://b/1.jpg'"),
        ("categories", {"id": 1}, "two categories of the id 1"),
        ("categories", {"name": "aeroplane"}, "two categories of the name 'aeroplane'"),
        ("annotations", {"id": 1}, "two annotations of the id 1"),
        ("annotations", {"image_id": 99}, "annotation \\(2\\) of image 99, which is not there"),
        ("annotations", {"category_id": 99}, "annotation of category 99"),
        ("annotations", {"iscrowd": "maybe"}, "'iscrowd' must be 0 or 1"),
        ("annotations", {"bbox": [1, 2, 3, "4"]}, "'height' must be a number"),
    ],
)
def test_a_coco_file_whose_ids_do_not_pair_is_refused(make, maker, lines, part, change, words) -> None:  # noqa: PLR0917
    dataset = to_coco(lines, make.classes, ATTRIBUTE)
    dataset[part][1] |= change
    with pytest.raises(LoopError, match=words):
        from_coco(dataset, maker)


def test_a_sidecar_with_two_sizes_names_its_image(make, maker, lines) -> None:
    row = to_image_json(lines[0], "a.jpg", make.classes, ATTRIBUTE)
    row["image_size"] *= 2
    with pytest.raises(LoopError, match=r"s3://b/1\.jpg: 'image_size' must hold one size, not 2"):
        from_image_json(row, "s3://b/1.jpg", maker)
