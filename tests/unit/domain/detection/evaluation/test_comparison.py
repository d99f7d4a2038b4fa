import dataclasses

import pytest

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.evaluation import Evaluation, compare
from nightloop.domain.errors import ClassMapError, EvaluationError, ManifestError, RowError
from nightloop.domain.images.image import Image


def holdout(make) -> list[dict]:
    return [
        make.line(make.drawn("cat", 0, 0, 100, 100), uri="s3://b/1.jpg"),
        make.line(make.drawn("dog", 0, 0, 100, 100), make.drawn("cat", 200, 200, 50, 50), uri="s3://b/2.jpg"),
        make.line(uri="s3://b/3.jpg"),
    ]


def predictions(make, model, *boxes_of) -> list[Prediction]:
    return [
        Prediction(Image(f"s3://b/{number}.jpg", "e", 1), model, 800, 533, tuple(boxes))
        for number, boxes in enumerate(boxes_of, start=1)
    ]


def champion(make) -> list[Prediction]:
    return predictions(make, "old", [make.box("cat", 0, 0, 100, 100, score=0.9)], [], [])


def challenger(make) -> list[Prediction]:
    boxes = [make.box("dog", 0, 0, 100, 90, score=0.8), make.box("cat", 200, 200, 50, 45, score=0.7)]
    return predictions(make, "new", [make.box("cat", 2, 0, 100, 100, score=0.9)], boxes, [])


def evaluate(make, old=None, new=None, lines=None) -> Evaluation:
    return compare(
        holdout(make) if lines is None else lines,
        champion(make) if old is None else old,
        challenger(make) if new is None else new,
        classes=make.classes,
        attribute="bounding-box",
        rounds=200,
        seed=1,
    )


def test_two_models_on_one_holdout(make) -> None:
    result = evaluate(make)
    assert (result.images, result.objects) == (3, {"cat": 2, "dog": 1})
    assert (result.champion.model, result.champion.mean, result.champion.per_class) == (
        "old",
        0.25,
        {"cat": 0.5, "dog": 0.0},
    )
    assert (result.challenger.model, result.challenger.mean) == ("new", 1.0)
    assert result.difference == 0.75
    assert result.challenger.eleven_points.mean == 1.0
    # A draw without the second image is a tie.
    assert result.p_better == pytest.approx(1 - (2 / 3) ** 3 / 2, abs=0.06)
    assert 0 <= result.interval[0] <= 0.75 <= result.interval[1]


def test_images_of_one_scene_are_one_group(make) -> None:
    """Whatever the order of the lines: the images are measured in the order of their addresses."""
    assert evaluate(make).group_count == 3
    lines = holdout(make)
    for line in (lines[0], lines[2]):
        line["bounding-box-metadata"]["group"] = "yard"
    found = evaluate(make, lines=lines[::-1])
    assert (found.images, found.group_count, found.to_json()["groups"]) == (3, 2, 2)
    # Both groups are better: three draws of four hold the one with all there is to win; of two groups that says little.
    assert 0.5 < found.p_better < 0.99
    assert Evaluation.from_json(found.to_json()) == found
    before = {key: value for key, value in found.to_json().items() if key != "groups"}
    assert Evaluation.from_json(before).group_count == 3


def test_the_reader_is_told_more_than_the_gate(make) -> None:
    """The cats are found with IoUs of 0.96 and 0.9, the dog with 0.9: at 0.95 only the first cat is left."""
    figures = evaluate(make).figures
    assert figures["challenger"] == pytest.approx(
        {
            "average_precision": 1.0,
            "eleven_points": 1.0,
            "coco": (9 / 10 + (9 + 51 / 101) / 10) / 2,
            "coco_50": 1.0,
            "coco_75": 1.0,
            "calibration_error": (0.1 + 0.2 + 0.3) / 3,
        }
    )
    assert figures["champion"]["calibration_error"] == pytest.approx(0.1)


@pytest.mark.parametrize("mark", ["difficult", "iscrowd"])
def test_a_marked_object_need_not_be_found_and_may_be(make, mark) -> None:
    lines = holdout(make)
    lines[1]["bounding-box"]["annotations"][0][mark] = 1
    found = evaluate(make, lines=lines)
    assert found.objects == {"cat": 2}
    assert (found.champion.mean, found.challenger.mean) == (0.5, 1.0)
    lines[1]["bounding-box"]["annotations"][1][mark] = lines[0]["bounding-box"]["annotations"][0][mark] = 1
    with pytest.raises(EvaluationError, match="holds no object"):
        evaluate(make, lines=lines)


def test_an_evaluation_of_before_is_still_read(make) -> None:
    row = evaluate(make).to_json()
    for name in ("eleven_points", "coco", "calibration"):
        del row["champion"][name]
    assert Evaluation.from_json(row).champion.figures == {"average_precision": 0.25}


def test_the_order_of_lines_and_predictions_does_not_matter(make) -> None:
    assert evaluate(make) == evaluate(make, champion(make)[::-1], challenger(make)[::-1], holdout(make)[::-1])


def test_an_evaluation_survives_json(make) -> None:
    result = evaluate(make)
    assert Evaluation.from_json(result.to_json()) == result
    with pytest.raises(RowError, match="two numbers"):
        Evaluation.from_json(result.to_json() | {"interval": [1]})


def test_a_model_that_sees_nothing_scores_nothing(make) -> None:
    result = evaluate(make, new=predictions(make, "new", [], [], []))
    assert result.challenger.mean == 0.0
    assert result.p_better < 0.5


@pytest.mark.parametrize(
    ("change", "words", "image"),
    [
        (lambda found: found[:2], r"has no result \(1 of 3", "s3://b/3.jpg"),
        (lambda found: [*found, found[0]], "has two results", "s3://b/1.jpg"),
        (
            lambda found: [*found, dataclasses.replace(found[0], image=Image("s3://b/9.jpg", "e", 1))],
            "is not in the holdout",
            "s3://b/9.jpg",
        ),
        (
            lambda found: [Prediction.failed(found[0].image, "m", "ModelError", "bad image"), *found[1:]],
            "was not scored: bad image",
            "s3://b/1.jpg",
        ),
        (
            lambda found: [dataclasses.replace(found[0], width=533, height=800), *found[1:]],
            r"was scored as \(533, 800\), the holdout says \(800, 533\)",
            "s3://b/1.jpg",
        ),
    ],
)
def test_results_that_are_not_of_this_holdout_are_refused(make, change, words, image) -> None:
    for runs in ((change(champion(make)), None), (None, change(challenger(make)))):
        with pytest.raises(EvaluationError, match=words) as caught:
            evaluate(make, *runs)
        assert caught.value.image == image


def test_a_holdout_without_objects_measures_nothing(make) -> None:
    with pytest.raises(EvaluationError, match="holdout manifest: holds no object"):
        evaluate(make, lines=[make.line(uri="s3://b/1.jpg")])
    with pytest.raises(EvaluationError, match="holds no object"):
        evaluate(make, lines=[])


def test_a_wrong_holdout_line_is_named(make) -> None:
    wrong_class = make.line(uri="s3://b/4.jpg")
    wrong_class["bounding-box-metadata"]["class-map"] = {"0": "zebra"}
    no_size = make.line(uri="s3://b/4.jpg")
    no_size["bounding-box"]["image_size"] = []
    for line, error in ((wrong_class, ClassMapError), (no_size, ManifestError), (holdout(make)[0], ManifestError)):
        with pytest.raises(error) as caught:
            evaluate(make, lines=[*holdout(make), line])
        assert (caught.value.source, caught.value.line) == ("holdout manifest", 4)
