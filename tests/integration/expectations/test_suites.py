"""The Great Expectations suites, run by Great Expectations on the rows of ``manifest_table``."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from nightloop.domain.detection.manifest.check_table import COLUMNS, manifest_rows
from nightloop.domain.detection.manifest.evidence import Evidence

FOLDER = Path(__file__).resolve().parents[3] / "include" / "expectations"


@pytest.fixture(scope="module")
def validate(make):
    great_expectations = pytest.importorskip("great_expectations")
    pandas = pytest.importorskip("pandas")
    context = great_expectations.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("nightloop").add_dataframe_asset("manifest")
    definition = asset.add_batch_definition_whole_dataframe("whole")

    def run(suite_name: str, lines: list[Any], **options: Any) -> dict[str, list[int]]:
        """Return the failed expectations' descriptions, each with the numbers of the failing lines."""
        form = json.loads((FOLDER / f"{suite_name}.json").read_text())
        suite = great_expectations.ExpectationSuite(**form)
        assert len(suite.expectations) == len(form["expectations"]), "Great Expectations drops what it cannot read"
        table = manifest_rows(lines, classes=make.classes, attribute="bounding-box", **({"label_width": 350} | options))
        batch = definition.get_batch({"dataframe": pandas.DataFrame(table, columns=list(COLUMNS))})
        result_format = {"result_format": "COMPLETE", "unexpected_index_column_names": ["line_number"]}
        results = batch.validate(suite, result_format=result_format).results
        assert not any(result.exception_info["raised_exception"] for result in results)
        return {
            result.expectation_config.description: [
                int(item["line_number"]) for item in result.result.get("unexpected_index_list") or []
            ]
            for result in results
            if not result.success
        }

    return run


def changed(make, path: str, value: Any) -> dict[str, Any]:
    line = copy.deepcopy(make.line(make.drawn("cat"), make.drawn("dog"), uri="s3://b/changed.jpg"))
    *parents, last = path.split("/")
    target: Any = line
    for parent in parents:
        target = target[int(parent)] if isinstance(target, list) else target[parent]
    if isinstance(target, list):
        target[int(last)] = value
    else:
        target[last] = value
    return line


def ground_truths_own(make) -> list[dict[str, Any]]:
    """Return lines in the forms that labeling jobs and the tools around them write."""
    empty, grey, alpha, floats = (
        make.line(*boxes, uri=f"s3://b/own-{number}.jpg", created=created)
        for number, (boxes, created) in enumerate(
            [
                ((), "2026-01-01T00:00:00.123456"),
                ((make.drawn("cat"),), "2026-01-01T00:00:00Z"),
                ((make.drawn("cat"),), "2026-01-01T09:00:00+09:00"),
                ((make.drawn("cat"),), "2026-01-01 00:00:00"),
            ]
        )
    )
    empty["bounding-box-metadata"] |= {"class-map": {}, "objects": []}
    grey["bounding-box"]["image_size"][0]["depth"] = 1
    alpha["bounding-box"]["image_size"][0]["depth"] = 4
    floats["bounding-box"]["image_size"][0] |= {"width": 800.0, "height": 533.0, "depth": 3.0}
    floats["bounding-box"]["annotations"][0] |= {"class_id": 7.0, "left": 121.0, "difficult": "0"}
    return [empty, grey, alpha, floats]


@pytest.mark.parametrize("suite", ["manifest", "cohort"])
def test_good_lines_pass(make, validate, suite) -> None:
    lines = [
        make.line(make.drawn("cat")),
        make.line(uri="s3://b/empty.jpg", created="2018-10-18T22:18:13.527256"),
        changed(make, "bounding-box-metadata/objects", [{"confidence": 0.6667}, {"confidence": 1}]),
        make.line(*[make.drawn("dog", left, 0, 4, 4) for left in range(69)], uri="s3://b/many.jpg"),
        *ground_truths_own(make),
    ]
    assert validate(suite, lines) == {}


def test_a_manifest_must_have_a_line(validate) -> None:
    assert validate("manifest", []) == {"There is at least one line.": []}


BOX = "bounding-box/annotations/0"
SHAPE = "Every line has the parts of an augmented manifest, each of the right type."
TWIN = {"class_id": 7, "left": 121, "top": 214, "width": 378, "height": 282}
WRONG = [
    ("source-ref", "http://b/1.jpg", "An image is an object in S3."),
    ("source-ref", None, "Every line names its image."),
    ("source-ref", None, SHAPE),
    (f"{BOX}/left", -1, "No box begins left of the image."),
    (f"{BOX}/top", -1, "No box begins above the image."),
    (f"{BOX}/width", 680, "No box ends right of the image."),
    (f"{BOX}/height", 320, "No box ends below the image."),
    (f"{BOX}/width", 0, "A box is at least one pixel wide and high."),
    (f"{BOX}/height", 3, "A box is no slip of the hand: at least four pixels wide and high."),
    (f"{BOX}/width", "50", SHAPE),
    (f"{BOX}/class_id", 1.5, SHAPE),
    (BOX, None, SHAPE),
    ("bounding-box/annotations", {}, SHAPE),
    ("bounding-box/image_size", [], SHAPE),
    ("bounding-box/image_size/0/width", None, SHAPE),
    ("bounding-box/image_size/0/width", 0, "An image is at least one pixel wide."),
    ("bounding-box/image_size/0/height", -3, "An image is at least one pixel high."),
    ("bounding-box/image_size/0/depth", 5, "An image has one to four channels."),
    ("bounding-box/image_size/0/depth", 5, SHAPE),
    ("bounding-box/image_size", [{"width": 800, "height": 533, "depth": 3}] * 2, SHAPE),
    ("bounding-box/annotations/1", TWIN, "No object has the same box twice."),
    (BOX, {"class_id": 7, "left": 0, "top": 0, "width": 800, "height": 533}, "No box is the whole image."),
    (f"{BOX}/difficult", "perhaps", SHAPE),
    (f"{BOX}/class_id", -1, "Classes are numbered from 0."),
    (f"{BOX}/class_id", 20, "Every box's class is in the line's class-map."),
    ("bounding-box-metadata/class-map/3", "ship", "The line's class-map is the loop's."),
    ("bounding-box-metadata/objects", [{"confidence": 1}], "There is one object of metadata for each box."),
    ("bounding-box-metadata/objects/0", {"confidence": 1.2}, "Every object's confidence is between 0 and 1."),
    ("bounding-box-metadata/objects/0", {}, "Every object's confidence is between 0 and 1."),
    ("bounding-box-metadata/type", "groundtruth/image-classification", "The line is about object detection."),
    ("bounding-box-metadata/human-annotated", "no", "People annotated the image."),
    ("bounding-box-metadata/human-annotated", None, "The line says whether a person annotated it."),
    ("bounding-box-metadata/creation-date", "23.11.2026", "A date is written as 2026-11-23T07:59:58.321Z."),
    ("bounding-box-metadata/creation-date", "2026-02-30T00:00:00", "A date is written as 2026-11-23T07:59:58.321Z."),
    ("bounding-box-metadata/creation-date", "2999-01-01T00:00:00Z", "No date is in the future."),
    ("bounding-box-metadata/creation-date", None, "Every line is dated."),
    ("bounding-box-metadata", [], SHAPE),
]


SPELLING = "No two addresses differ only in how they are spelled."


@pytest.mark.parametrize("suite", ["manifest", "cohort"])
def test_one_address_spelled_in_two_ways_is_named(make, validate, suite) -> None:
    lines = [make.line(make.drawn("cat"), uri=uri) for uri in ("s3://b/a b.jpg", "s3://b/c.jpg", "s3://b/a%20b.jpg")]
    assert validate(suite, lines) == {SPELLING: [1, 3]}


@pytest.fixture(scope="module")
def failures(make, validate) -> dict[str, list[int]]:
    """Validate one manifest of a good line and every wrong one."""
    lines = [changed(make, path, value) for path, value, _ in WRONG]
    for number, line in enumerate(lines, start=2):
        if line["source-ref"] == "s3://b/changed.jpg":
            line["source-ref"] = f"s3://b/{number}.jpg"
    return validate("manifest", [make.line(make.drawn("cat")), *lines])


@pytest.mark.parametrize(("number", "description"), [(n, case[2]) for n, case in enumerate(WRONG, start=2)])
def test_a_wrong_line_fails_and_is_named(failures, number, description) -> None:
    assert number in failures[description]
    assert not any(1 in lines for lines in failures.values()), "line 1 is good"


def test_every_expectation_about_a_line_can_fail(failures) -> None:
    form = json.loads((FOLDER / "manifest.json").read_text())
    descriptions = {expectation["description"] for expectation in form["expectations"]}
    others = {"There is at least one line.", "No image has two lines.", SPELLING}
    assert descriptions - failures.keys() == others | set(EVIDENCE)


EVIDENCE = {
    "Every image is still there, with the ETag it was reviewed with.": ({"changed": {"s3://b/2.jpg"}}, [2]),
    "No image looks like one of the holdout.": ({"near_holdout": {"s3://b/2.jpg"}}, [2]),
    "The reviewers of an image agree.": ({"agreement": {"s3://b/1.jpg": 0.9, "s3://b/2.jpg": 0.1}}, [2]),
    "The reviewers of the night agree.": ({"agreement": {"s3://b/1.jpg": 0.3, "s3://b/2.jpg": 0.3}}, [1, 2]),
    "Answers do not contradict most of what the live model is sure of.": ({"contradicted": 0.7}, [1, 2]),
    "The classes come about as often as in the last cohort.": ({"class_drift": 0.8}, [1, 2]),
}


@pytest.mark.parametrize("description", EVIDENCE)
def test_evidence_against_a_night_fails_and_names_the_lines(make, validate, description) -> None:
    lines = [make.line(make.drawn(), uri=f"s3://b/{number}.jpg") for number in (1, 2)]
    against, named = EVIDENCE[description]
    assert validate("manifest", lines, evidence=Evidence(**against)) == {description: named}


def test_a_training_of_another_number_of_lines_fails(make, validate) -> None:
    lines = [make.line(make.drawn(), uri=f"s3://b/{number}.jpg") for number in (1, 2)]
    wrong = {"num_training_samples is the number of lines.": [1, 2]}
    assert validate("cohort", lines, evidence=Evidence(num_training_samples=3)) == wrong
    assert validate("cohort", lines, evidence=Evidence(num_training_samples=2)) == {}


def test_an_image_given_twice_fails_on_both_lines(make, validate) -> None:
    lines = [make.line(make.drawn()), make.line(uri="s3://b/2.jpg"), make.line(make.drawn("cat"))]
    assert validate("manifest", lines) == {"No image has two lines.": [1, 3]}


def three(make) -> list[dict[str, Any]]:
    return [make.drawn("cat"), make.drawn("dog"), make.drawn("cow")]


def test_a_training_set_keeps_off_the_holdout_and_fits_label_width(make, validate) -> None:
    lines = [make.line(make.drawn(), uri="s3://b/1.jpg"), make.line(*three(make), uri="s3://b/2.jpg")]
    assert validate("cohort", lines, holdout_refs={"s3://b/1.jpg"}) == {"No image of the holdout is trained on.": [1]}
    too_narrow = {"The training's label_width holds the objects of every line.": [2]}
    assert validate("cohort", lines, label_width=16) == too_narrow
    assert validate("cohort", lines, label_width=17) == {}
    assert validate("cohort", lines, label_width=None) == {"The training's label_width is known.": [1, 2]}
    assert validate("manifest", lines, holdout_refs={"s3://b/1.jpg"}, label_width=None) == {}
