import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.answers import parse_output
from nightloop.domain.detection.manifest.lines import Cohort, manifest_line, merge_cohort, required_label_width
from nightloop.domain.errors import AnswerError, ClassMapError, LoopError, ManifestError, RowError
from nightloop.domain.images.image import Image
from nightloop.domain.rows.jsonl import dump_line


def merge(make, seed: list[Any], nights: dict[str, list[Any]], holdout=(), **options: Any) -> Cohort:
    return merge_cohort(
        seed, nights, holdout_refs=set(holdout), classes=make.classes, attribute="bounding-box", **options
    )


def test_a_line_is_ground_truths_own(make) -> None:
    human = make.human(make.drawn("sofa", 121, 214, 378, 282), make.drawn("chair", 562, 274, 120, 226))
    answer = parse_output(make.output(human), make.review(), make.classes)
    line = manifest_line(answer, make.classes, "a2i-retraining")
    class_map = ",".join(f'"{number}":"{label}"' for number, label in enumerate(make.classes))
    assert json.dumps(line, separators=(",", ":")) == (
        '{"source-ref":"s3://example-od-input/2026/11/22/img-000123.jpg","a2i-retraining":{"annotations":['
        '{"class_id":17,"left":121,"top":214,"width":378,"height":282},'
        '{"class_id":8,"left":562,"top":274,"width":120,"height":226}],'
        '"image_size":[{"width":800,"height":533,"depth":3}]},"a2i-retraining-metadata":{"class-map":{'
        + class_map
        + "},"
        '"objects":[{"confidence":1},{"confidence":1}],"type":"groundtruth/object-detection","human-annotated":"yes",'
        '"creation-date":"2026-11-23T07:59:58.321Z","job-name":"a2i/voc-0123456789abcdef"}}'
    )


def test_confidence_is_the_share_of_reviewers(make) -> None:
    humans = [make.human(make.drawn()), make.human(make.drawn()), make.human(submitted="2026-11-24T00:00:00Z")]
    answer = parse_output(make.output(*humans), make.review(), make.classes)
    metadata = manifest_line(answer, make.classes, "bounding-box")["bounding-box-metadata"]
    assert metadata["objects"] == [{"confidence": 0.6667}]
    assert metadata["creation-date"] == "2026-11-24T00:00:00Z"


def test_no_object_is_a_line_without_annotations(make) -> None:
    line = manifest_line(
        parse_output(make.output(make.human()), make.review(), make.classes), make.classes, "bounding-box"
    )
    assert line["bounding-box"]["annotations"] == line["bounding-box-metadata"]["objects"] == []
    assert len(line["bounding-box-metadata"]["class-map"]) == 20


EDGE = st.floats(-50, 900)


@given(st.lists(st.tuples(st.sampled_from(["cat", "dog"]), EDGE, EDGE, EDGE, EDGE), max_size=5))
def test_a_line_always_holds_whole_boxes_inside_the_image(make, boxes) -> None:
    output = make.output(make.human(*(make.drawn(*box) for box in boxes)))
    inside = [
        min(left + max(width, 0), 800) > max(left, 0) and min(top + max(height, 0), 533) > max(top, 0)
        for _, left, top, width, height in boxes
    ]
    if not all(inside):
        with pytest.raises(AnswerError, match="has no area inside the image"):
            parse_output(output, make.review(), make.classes)
        return
    answer = parse_output(output, make.review(), make.classes)
    line = manifest_line(answer, make.classes, "bounding-box")
    label, metadata = line["bounding-box"], line["bounding-box-metadata"]
    assert len(label["annotations"]) == len(metadata["objects"])
    assert len(label["annotations"]) <= len(boxes)
    for item in label["annotations"]:
        assert all(type(item[key]) is int for key in ("class_id", "left", "top", "width", "height"))
        assert 0 <= item["left"] < item["left"] + item["width"] <= 800
        assert 0 <= item["top"] < item["top"] + item["height"] <= 533
    assert dump_line(line) == dump_line(manifest_line(answer, make.classes, "bounding-box"))


def test_the_newest_answer_about_an_image_wins(make) -> None:
    old = make.line(make.drawn("cat"), created="2026-11-20T01:00:00.000000")  # as Ground Truth writes it
    new = make.line(make.drawn("dog"), created="2026-11-22T01:00:00Z")
    late = make.line(make.drawn("cow"), created="2026-11-21T01:00:00Z")
    cohort = merge(make, [old], {"2026-11-23": [late], "2026-11-22": [new]})
    assert cohort == Cohort(lines=(new,), new_lines=1, replaced=2, excluded=0, negatives_left_out=0)


def test_of_answers_of_one_time_the_later_night_wins(make) -> None:
    one, other = make.line(make.drawn("cat")), make.line(make.drawn("dog"))
    assert merge(make, [], {"2026-11-22": [one], "2026-11-23": [other]}).lines == (other,)
    assert merge(make, [], {"2026-11-23": [one], "2026-11-22": [other]}).lines == (one,)
    assert merge(make, [one], {"2026-11-22": [other]}).lines == (other,)
    assert merge(make, [], {"2026-11-22": [one, other]}).lines == (other,)


def test_the_holdout_is_never_trained_on(make) -> None:
    def line(name: str) -> dict[str, Any]:
        return make.line(make.drawn(), uri=f"s3://b/{name}.jpg")

    images = {
        "s3://b/upright.jpg": Image("s3://b/upright.jpg", "e1", 1, original="s3://b/held-original.jpg"),
        "s3://b/renamed.jpg": Image("s3://b/renamed.jpg", "held-etag", 1),
        "s3://b/fine.jpg": Image("s3://b/fine.jpg", "", 1),
    }
    lines = [line(name) for name in ("held", "upright", "renamed", "fine", "unknown")]
    holdout = ["s3://b/held.jpg", "s3://b/held-original.jpg"]
    cohort = merge(make, [], {"2026-11-22": lines}, holdout, images=images, holdout_etags={"held-etag", ""})
    assert [item["source-ref"] for item in cohort.lines] == ["s3://b/fine.jpg", "s3://b/unknown.jpg"]
    assert cohort.excluded == 3


def test_images_without_objects_are_left_out_unless_asked_for(make) -> None:
    positive, negative = make.line(make.drawn(), uri="s3://b/1.jpg"), make.line(uri="s3://b/2.jpg")
    left_out = merge(make, [positive], {"2026-11-22": [negative]})
    assert (left_out.lines, left_out.negatives_left_out, left_out.new_lines) == ((positive,), 1, 0)
    kept = merge(make, [positive], {"2026-11-22": [negative]}, negatives="keep")
    assert (kept.lines, kept.negatives_left_out, kept.new_lines) == ((positive, negative), 0, 1)


def test_an_image_found_empty_later_is_no_longer_trained_on(make) -> None:
    cohort = merge(make, [make.line(make.drawn())], {"2026-11-24": [make.line(created="2026-11-24T00:00:00Z")]})
    assert (cohort.lines, cohort.replaced, cohort.negatives_left_out) == ((), 1, 1)


def test_new_lines_are_counted_against_what_was_trained_on_last(make) -> None:
    lines = [make.line(make.drawn(), uri=f"s3://b/{number}.jpg") for number in range(4)]
    nights = {"2026-11-22": lines[1:3], "2026-11-23": lines[3:]}
    first = merge(make, lines[:1], {"2026-11-22": lines[1:3]})
    assert first.new_lines == 2
    assert merge(make, lines[:1], nights).new_lines == 3
    assert merge(make, lines[:1], nights, previous_lines=first.lines).new_lines == 1
    changed = make.line(make.drawn("cat"), uri="s3://b/1.jpg", created="2026-12-01T00:00:00Z")
    assert merge(make, lines[:1], nights | {"2026-12-01": [changed]}, previous_lines=first.lines).new_lines == 2


NUMBERS = st.lists(st.integers(0, 9), max_size=12)


@given(NUMBERS, NUMBERS, st.sets(st.integers(0, 9)), st.booleans())
def test_no_line_is_lost_or_counted_twice(make, seed, night, held, keep) -> None:
    def line(number: int, created: str) -> dict[str, Any]:
        return make.line(*([make.drawn()] if number % 3 else []), uri=f"s3://b/{number}.jpg", created=created)

    seed_lines = [line(number, "2026-01-01T00:00:00") for number in seed]
    night_lines = [line(number, "2026-02-01T00:00:00Z") for number in night]
    refs = {f"s3://b/{number}.jpg" for number in held}
    cohort = merge(make, seed_lines, {"2026-02-01": night_lines}, refs, negatives="keep" if keep else "leave-out")
    parts = len(cohort.lines) + cohort.replaced + cohort.excluded + cohort.negatives_left_out
    assert parts == len(seed) + len(night)
    source_refs = [item["source-ref"] for item in cohort.lines]
    assert source_refs == sorted(set(source_refs))
    assert not refs & set(source_refs)
    assert keep or all(item["bounding-box"]["annotations"] for item in cohort.lines)


def broken(make, **changes: Any) -> dict[str, Any]:
    line = make.line(make.drawn())
    for path, value in changes.items():
        *parents, last = path.replace("__", "-").split(".")
        target = line
        for parent in parents:
            target = target[parent]
        target[last] = value
    return line


@pytest.mark.parametrize(
    ("path", "value", "error", "words"),
    [
        (
            "bounding-box-metadata.class-map",
            {"0": "bicycle"},
            ClassMapError,
            "class 0 is 'bicycle' .* it is 'aeroplane'",
        ),
        ("bounding-box-metadata.class-map", {"20": "unicorn"}, ClassMapError, r"no class \(it has 20\)"),
        ("bounding-box.annotations", [{"class_id": 20}], ClassMapError, "annotation of class 20; the loop has 20"),
        ("bounding-box.annotations", [{"class_id": "3"}], ManifestError, "'class_id' must be a whole number"),
        ("bounding-box.annotations", None, ManifestError, "'annotations' must be a list"),
        ("bounding-box-metadata.creation-date", "soon", ManifestError, "'soon' is not a time"),
        ("bounding-box-metadata", None, ManifestError, "'bounding-box-metadata' must be an object"),
        ("bounding-box", [], ManifestError, "'bounding-box' must be an object"),
        ("source-ref", 7, ManifestError, "'source-ref' must be text"),
    ],
)
def test_a_line_that_cannot_be_merged_is_named(make, path, value, error, words) -> None:
    line = broken(make, **{path: value})
    with pytest.raises(error, match=words) as caught:
        merge(make, [], {"2026-11-22": [make.line(make.drawn()), line]})
    assert (caught.value.source, caught.value.line) == ("manifest of 2026-11-22", 2)
    assert caught.value.image == (make.uri if path != "source-ref" else None)


def test_another_label_attribute_is_named(make) -> None:
    with pytest.raises(ManifestError, match=r"has no 'boxes-metadata'; it has \['bounding-box'") as caught:
        merge_cohort([make.line()], {}, holdout_refs=(), classes=make.classes, attribute="boxes")
    assert (caught.value.source, caught.value.line) == ("seed manifest", 1)
    assert isinstance(caught.value, LoopError)


def test_a_class_map_of_the_classes_that_occur_is_enough(make) -> None:
    line = broken(make, **{"bounding-box-metadata.class-map": {"17": "sofa"}})
    assert merge(make, [line], {}).lines == (line,)


@pytest.mark.parametrize(("objects", "width"), [((), 2), ((0,), 2), ((1, 3, 2), 17), ((69,), 347), ((70,), 352)])
def test_label_width_holds_the_line_with_most_objects(make, objects, width) -> None:
    lines = [make.line(*[make.drawn()] * count) for count in objects]
    assert required_label_width(lines, "bounding-box") == width


def test_label_width_of_a_line_without_the_attribute_is_refused(make) -> None:
    with pytest.raises(RowError, match="has no 'other'"):
        required_label_width([make.line()], "other")
