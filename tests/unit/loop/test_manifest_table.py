import pytest

from nightloop.loop.images import Image
from nightloop.loop.manifest_table import COLUMNS, manifest_rows


def rows(make, *lines, **options):
    return manifest_rows(lines, classes=make.classes, attribute="bounding-box", **options)


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
        "min_class_id": 7,
        "max_class_id": 11,
        "class_ids_known": True,
        "class_map_matches": True,
        "confidences_valid": True,
        "type": "groundtruth/object-detection",
        "human_annotated": "yes",
        "creation_date": "2026-11-23T07:59:58.321Z",
        "job_name": "a2i/voc-0123456789abcdef",
        "duplicate": False,
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
