from datetime import UTC, datetime

import pytest

from nightloop.domain.detection.manifest.check_table import COLUMNS, manifest_rows
from nightloop.domain.images.image import Image

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def rows(make, *lines, **options):
    return manifest_rows(lines, classes=make.classes, attribute="bounding-box", now=NOW, **options)


def test_a_good_line(make) -> None:
    (row,) = rows(
        make, make.line(make.drawn("cat", 0, 3, 100, 50), make.drawn("dog", 700, 483, 100, 50)), label_width=350
    )
    assert tuple(row) == COLUMNS
    assert row == {
        "line_number": 1,
        "source_ref": make.uri,
        "problem": None,
        "width": 800,
        "height": 533,
        "depth": 3,
        "annotations": 2,
        "objects": 2,
        "min_left": 0,
        "min_top": 3,
        "max_right_overflow": 0,
        "max_bottom_overflow": 0,
        "min_box_side": 50,
        "twin_boxes": 0,
        "whole_image_boxes": 0,
        "min_class_id": 7,
        "max_class_id": 11,
        "class_ids_known": True,
        "class_map_matches": True,
        "confidences_valid": True,
        "type": "groundtruth/object-detection",
        "human_annotated": "yes",
        "creation_date": "2026-11-23T07:59:58.321Z",
        "date_valid": True,
        "date_passed": True,
        "job_name": "a2i/voc-0123456789abcdef",
        "duplicate": False,
        "same_place": False,
        "in_holdout": False,
        "near_holdout": False,
        "unchanged": True,
        "agreement": None,
        "night_agreement": None,
        "contradicted": None,
        "class_drift": None,
        "lines": 1,
        "num_training_samples": None,
        "label_width": 350,
        "required_label_width": 12,
    }


def test_a_line_without_objects_has_no_box_columns(make) -> None:
    (row,) = rows(make, make.line())
    assert (row["annotations"], row["objects"], row["problem"]) == (0, 0, None)
    assert {row[column] for column in ("min_left", "min_box_side", "max_class_id", "max_right_overflow")} == {None}


@pytest.mark.parametrize("line", [{}, {"source-ref": 5}, {"source-ref": "s3://b/1.jpg", "bounding-box": [], "x": None}])
def test_any_object_makes_a_row_with_a_problem(make, line) -> None:
    (row,) = rows(make, line)
    assert tuple(row) == COLUMNS
    assert row["problem"]


def test_holdout_and_duplicates_are_marked(make) -> None:
    images = {
        "s3://b/2": Image("s3://b/2", "held", 1),
        "s3://b/3": Image("s3://b/3", "e", 1, original="s3://b/held"),
        "s3://b/4": Image("s3://b/4", "", 1),
    }
    lines = [make.line(uri=f"s3://b/{number}") for number in (1, 2, 3, 4, 4)]
    table = rows(make, *lines, holdout_refs={"s3://b/1", "s3://b/held"}, images=images, holdout_etags={"held", ""})
    assert [row["in_holdout"] for row in table] == [True, True, True, False, False]
    assert [row["duplicate"] for row in table] == [False, False, False, True, True]
    assert [row["line_number"] for row in table] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("date", "valid", "passed"),
    [
        ("2026-11-24T00:00:00Z", True, True),
        ("2026-11-24T23:59:59", True, True),
        ("2026-11-25T00:00:01", True, False),
        ("2026-11-25T10:00:00+14:00", True, True),
        ("2099-01-01", True, False),
        ("2026-02-30T00:00:00", False, None),
        ("2026-01-01T25:00:00", False, None),
        ("01/01/2026", False, None),
        (1767225600, False, None),
        (None, None, None),
    ],
)
def test_a_date_is_one_there_is_and_has_come(make, date, valid, passed) -> None:
    (row,) = rows(make, make.line(created=date))
    assert (row["date_valid"], row["date_passed"]) == (valid, passed)
    assert (row["problem"] is None) is (valid is True)


def test_twins_and_boxes_around_everything_are_counted(make) -> None:
    cat, dog = make.drawn("cat", 1, 2, 30, 40), make.drawn("dog", 1, 2, 30, 40)
    table = rows(
        make,
        make.line(cat, dog, make.drawn("cat", 2, 2, 30, 40)),
        make.line(cat, dog, cat, cat, dog),
        make.line(cat, make.drawn("cat", 1.0, 2.0, 30.0, 40.0)),
        make.line(make.drawn("cat", 0, 0, 800, 533), make.drawn("dog", 0, 0, 800, 532)),
    )
    assert [row["twin_boxes"] for row in table] == [0, 3, 1, 0]
    assert [row["whole_image_boxes"] for row in table] == [0, 0, 0, 1]


def test_one_place_spelled_in_two_ways_is_marked(make) -> None:
    refs = ["s3://b/a b.jpg", "s3://b/a%20b.jpg", "s3://b/./c.jpg", "s3://b/c.jpg", "s3://b/d.jpg", "s3://b/d.jpg"]
    table = rows(make, *[make.line(uri=uri) for uri in refs], holdout_refs={"s3://b//c.jpg"})
    assert [row["same_place"] for row in table] == [True, True, True, True, False, False]
    assert [row["duplicate"] for row in table] == [False, False, False, False, True, True]
    assert [row["in_holdout"] for row in table] == [False, False, True, True, False, False]
    images = {"s3://b/d.jpg": Image("s3://b/d.jpg", "e", 1, original="s3://b/x//y.jpg")}
    (row,) = rows(make, make.line(uri="s3://b/d.jpg"), images=images, holdout_refs={"s3://b/x/y.jpg"})
    assert row["in_holdout"]


def test_numbers_are_read_in_any_json_form(make) -> None:
    line = make.line(make.drawn("cat"))
    line["bounding-box"]["image_size"][0] |= {"width": 800.0, "depth": 1}
    line["bounding-box"]["annotations"][0] |= {"class_id": 7.0, "left": 121.0, "iscrowd": "0"}
    (row,) = rows(make, line)
    assert (row["problem"], row["width"], row["depth"], row["min_class_id"], row["class_ids_known"]) == (
        None,
        800,
        1,
        7,
        True,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image_size": [{"width": 800, "height": 533}] * 2}, "'image_size' must hold one size, not 2"),
        ({"image_size": [{"width": "800", "height": 533}]}, "'width' must be a whole number, not '800'"),
        ({"annotations": [{"class_id": 7, "left": 1, "top": 1, "width": 5, "height": 5, "iscrowd": "x"}]}, "0 or 1"),
    ],
)
def test_a_problem_says_what_is_wrong(make, change, words) -> None:
    line = make.line()
    line["bounding-box"] |= change
    (row,) = rows(make, line)
    assert words in row["problem"]


def test_a_line_that_was_not_labelled_says_why(make) -> None:
    metadata = {"failure-reason": "ClientError: no worker came"}
    (row,) = rows(make, {"source-ref": "s3://b/1.jpg", "bounding-box-metadata": metadata})
    assert row["problem"] == "was not labelled: ClientError: no worker came"
