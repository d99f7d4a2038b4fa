import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightloop.domain.detection.manifest.check_table import COLUMNS, manifest_rows
from nightloop.domain.detection.manifest.lines import merge_cohort
from nightloop.domain.detection.manifest.reader import (
    image_size,
    is_crowd,
    is_difficult,
    is_ignored,
    labels_of,
    place_of,
    read_line,
    read_manifest,
)
from nightloop.domain.errors import ClassMapError, ManifestError, RowError, UnlabelledError

BOX = "bounding-box"
META = "bounding-box-metadata"


def changed(make, path: str, value: Any) -> dict[str, Any]:
    line = copy.deepcopy(make.line(make.drawn("cat"), make.drawn("dog")))
    *parents, last = path.split("/")
    target: Any = line
    for parent in parents:
        target = target[int(parent)] if isinstance(target, list) else target[parent]
    target[last] = value
    return line


def read(make, *lines: Any, attribute: str = BOX):
    return read_manifest(lines, source="seed", attribute=attribute, classes=make.classes)


def test_a_good_line_comes_back_equal(make) -> None:
    line = make.line(make.drawn("cat"), make.drawn("dog", 1.5, 2.25, 10, 20))
    assert read_line(line, BOX, make.classes) == line
    assert read_line(read_line(line, BOX), BOX) == line


@pytest.mark.parametrize("text", ["800", "800.0", "8e2", "8.00E+2"])
def test_a_whole_number_has_any_json_form(make, text) -> None:
    line = changed(make, f"{BOX}/image_size/0/width", json.loads(text))
    line[BOX]["annotations"][0] |= {"class_id": 7.0, "left": 121.0}
    found = read_line(line, BOX, make.classes)
    assert json.dumps(found) == json.dumps(make.line(make.drawn("cat"), make.drawn("dog")))
    assert image_size(line, BOX) == (800, 533)
    assert labels_of(line, BOX) == {"cat", "dog"}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (f"{BOX}/image_size/0/width", "800", "'width' must be a whole number, not '800'"),
        (f"{BOX}/image_size/0/width", 800.5, "'width' must be a whole number, not 800.5"),
        (f"{BOX}/image_size/0/width", 10**400, "'width' must be a whole number, not 1000"),
        (f"{BOX}/image_size/0/width", True, "'width' must be a whole number, not True"),
        (f"{BOX}/image_size/0/height", 0, "an image cannot be 800 x 0 pixels"),
        (f"{BOX}/image_size/0/height", -533, "an image cannot be 800 x -533 pixels"),
        (f"{BOX}/image_size/0/depth", 0, "one to four channels, not a 'depth' of 0"),
        (f"{BOX}/image_size/0/depth", 16, "one to four channels, not a 'depth' of 16"),
        (f"{BOX}/image_size/0/depth", "RGB", "'depth' must be a whole number, not 'RGB'"),
        (f"{BOX}/image_size", [{"width": 8, "height": 5}] * 2, "'image_size' must hold one size, not 2"),
        (f"{BOX}/annotations/1/left", "12", "annotation 2: 'left' must be a number, not '12'"),
        (f"{BOX}/annotations/1/left", float("inf"), "annotation 2: 'left' must be a number, not inf"),
        (f"{BOX}/annotations/1/left", 10**400, "annotation 2: 'left' must be a number"),
        (f"{BOX}/annotations/0/iscrowd", "maybe", "annotation 1: 'iscrowd' must be 0 or 1, not 'maybe'"),
        (f"{META}/objects", {}, "'objects' must be a list"),
        (f"{META}/creation-date", "2026-02-30T00:00:00", "'2026-02-30T00:00:00' is not a time"),
        (f"{META}/creation-date", "0001-01-01T00:00:00+14:00", "is not a time"),
    ],
)
def test_what_cannot_be_read_names_file_line_image_and_part(make, path, value, words) -> None:
    with pytest.raises(ManifestError, match=words) as caught:
        read(make, make.line(make.drawn("cat")), changed(make, path, value))
    assert (caught.value.source, caught.value.line, caught.value.image) == ("seed", 2, make.uri)


@pytest.mark.parametrize(
    "date",
    [
        "2026-01-01T00:00:00.123456",
        "2026-01-01T00:00:00.123Z",
        "2026-01-01T09:00:00+09:00",
        "2026-01-01T00:00:00.123456789Z",
        "2026-01-01 00:00:00",
        "2026-01-01",
    ],
)
def test_a_date_has_any_iso_form(make, date) -> None:
    assert read(make, changed(make, f"{META}/creation-date", date)).numbers == (1,)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 3.0, None])
def test_an_image_has_one_to_four_channels(make, depth) -> None:
    assert read(make, changed(make, f"{BOX}/image_size/0/depth", depth)).numbers == (1,)


def test_ground_truths_image_without_objects_has_an_empty_class_map(make) -> None:
    empty = make.line()
    empty[META] |= {"class-map": {}, "objects": []}
    bare = make.line()
    del bare[META]["class-map"], bare[META]["objects"]
    assert read(make, empty, bare).lines == (empty, empty)
    assert labels_of(bare, BOX) == frozenset()


def test_an_object_needs_its_class_in_the_class_map(make) -> None:
    line = make.line(make.drawn("cat"))
    line[META]["class-map"] = {}
    with pytest.raises(ClassMapError, match="class 7, which its class-map does not name"):
        read(make, line)


FAILED = {
    "source-ref": "s3://b/failed.jpg",
    META: {"failure-reason": "ClientError: no worker came", "job-name": "labeling-job/x", "human-annotated": "yes"},
}


def test_lines_that_were_not_labelled_are_told_apart(make) -> None:
    good = make.line(make.drawn("cat"))
    found = read(make, good, FAILED, {"source-ref": "s3://b/unseen.jpg"})
    assert (found.lines, found.numbers) == ((good,), (1,))
    assert [(item.line, item.source_ref) for item in found.unlabelled] == [
        (2, "s3://b/failed.jpg"),
        (3, "s3://b/unseen.jpg"),
    ]
    assert found.unlabelled[0].reason == "was not labelled: ClientError: no worker came"
    cohort = merge_cohort([FAILED, good], {}, holdout_refs=(), classes=make.classes, attribute=BOX, negatives="keep")
    assert (cohort.lines, cohort.unlabelled, cohort.counts()["unlabelled"]) == ((good,), 1, 1)


def test_a_manifest_without_any_label_is_refused(make) -> None:
    with pytest.raises(UnlabelledError, match="was not labelled") as caught:
        read(make, FAILED, FAILED)
    assert (caught.value.line, caught.value.image) == (1, "s3://b/failed.jpg")
    with pytest.raises(ManifestError, match="has no 'boxes-metadata'; it has \\['bounding-box'"):
        read(make, make.line(), attribute="boxes")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, False),
        (1, True),
        (0.0, False),
        (1.0, True),
        ("0", False),
        ("1", True),
        ("false", False),
        ("True", True),
        (" 1 ", True),
        (False, False),
        (True, True),
        (None, False),
    ],
)
def test_a_flag_is_a_number_a_word_or_text(make, value, expected) -> None:
    assert is_crowd({"iscrowd": value}) is is_difficult({"difficult": value}) is expected
    assert is_ignored({"iscrowd": value}) is is_ignored({"difficult": value}) is expected
    annotation = read_line(changed(make, f"{BOX}/annotations/0/difficult", value), BOX)[BOX]["annotations"][0]
    assert annotation["difficult"] == (value if value is None else int(expected))


@pytest.mark.parametrize("value", ["", "yes", "2", 2, -1, 0.5, float("nan"), 10**400, [], {}, [0]])
def test_another_flag_is_refused(value) -> None:
    for key in ("iscrowd", "difficult"):
        with pytest.raises(RowError, match=f"'{key}' must be 0 or 1, not"):
            is_ignored({"iscrowd": 1, key: value})


@pytest.mark.parametrize(
    "other",
    ["s3://b/a/./x y.jpg", "s3://b/a//x y.jpg", "s3://b/a/x%20y.jpg", " s3://b/a/x y.jpg ", "s3://b/c/../a/x y.jpg"],
)
def test_a_place_may_be_spelled_in_several_ways(make, other) -> None:
    assert place_of(other) == place_of("s3://b/a/x y.jpg") != place_of("s3://b/a/x.jpg")
    old = make.line(make.drawn("cat"), uri="s3://b/a/x y.jpg", created="2026-11-20T00:00:00Z")
    new = make.line(make.drawn("dog"), uri=other, created="2026-11-21T00:00:00Z")
    options: dict[str, Any] = {"classes": make.classes, "attribute": BOX}
    cohort = merge_cohort([old], {"2026-11-21": [new]}, holdout_refs=(), **options)
    assert (cohort.lines, cohort.replaced) == ((new,), 1)
    held = merge_cohort([old, new], {}, holdout_refs={other}, **options)
    assert (held.lines, held.excluded) == ((), 2)


def test_accents_have_two_forms() -> None:
    assert place_of("s3://b/cafe\u0301.jpg") == place_of("s3://b/caf\u00e9.jpg")


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["2026-01-01", 10**400])
)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
PATHS = [
    "source-ref",
    BOX,
    META,
    f"{BOX}/image_size",
    f"{BOX}/image_size/0",
    f"{BOX}/image_size/0/width",
    f"{BOX}/image_size/0/depth",
    f"{BOX}/annotations",
    f"{BOX}/annotations/0",
    f"{BOX}/annotations/0/class_id",
    f"{BOX}/annotations/0/left",
    f"{BOX}/annotations/0/iscrowd",
    f"{META}/class-map",
    f"{META}/objects",
    f"{META}/objects/0",
    f"{META}/creation-date",
    f"{META}/failure-reason",
]


@settings(max_examples=400)
@given(st.sampled_from(PATHS), ANY)
def test_whatever_a_line_holds_it_is_read_or_refused_by_name(make, path, value) -> None:
    line = make.line(make.drawn("cat"))
    *parents, last = path.split("/")
    target: Any = line
    for parent in parents:
        target = target[int(parent)] if isinstance(target, list) else target[parent]
    target[int(last) if isinstance(target, list) else last] = value
    try:
        found = read(make, make.line(uri="s3://b/other.jpg"), line).lines
        place: tuple[str | None, int | None] = ("seed", 2)
    except ManifestError as error:
        found, place = (), (error.source, error.line)
    assert place == ("seed", 2)
    assert read(make, *found).lines == found, "what was read is read alike"
    (row,) = manifest_rows([line], classes=make.classes, attribute=BOX)
    assert tuple(row) == COLUMNS
