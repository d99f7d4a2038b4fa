import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection import PlannedReview, input_content, is_unsure, plan_reviews
from nightloop.domain.errors import RowError, SelectionError
from nightloop.domain.images.image import Image
from nightloop.domain.selection.draw import is_drawn


def plan(predictions, threshold=0.5, share=0.0, seed=7) -> list[PlannedReview]:
    return plan_reviews(predictions, loop="voc", score_threshold=threshold, audit_share=share, seed=seed)


@pytest.mark.parametrize(
    ("scores", "share", "purpose", "drawn"),
    [
        ((0.49,), 0.0, "low-confidence", False),
        ((0.5,), 0.0, None, False),  # at the threshold is sure
        ((0.1, 0.9), 0.0, None, False),  # the best counts
        ((), 0.0, "no-detection", False),
        ((0.9,), 1.0, "audit", True),
        ((0.49,), 1.0, "low-confidence", True),  # unsure and drawn: once, and both are known
        ((), 1.0, "no-detection", True),
    ],
)
def test_who_is_reviewed_and_why(make, scores, share, purpose, drawn) -> None:
    planned = plan([make.prediction(*scores)], share=share)
    assert [(review.purpose, review.audit_drawn) for review in planned] == ([(purpose, drawn)] if purpose else [])


def test_an_image_that_was_not_scored_is_never_planned(make) -> None:
    failed = Prediction.failed(make.image(), "model-1", "ModelError", "no")
    assert plan([failed], share=1.0) == []
    assert not is_unsure(failed, 0.5)


def test_identical_images_are_reviewed_once(make) -> None:
    one, other, third = (make.prediction(0.1, uri=f"s3://b/{name}.jpg", etag="same") for name in "bac")
    first, *duplicates = plan([one, other, third])
    assert first.image.uri == "s3://b/a.jpg"
    assert first.duplicate_of is None
    assert [review.duplicate_of for review in duplicates] == [first.image.uri] * 2
    assert {review.review_name for review in duplicates} == {first.review_name}


@pytest.mark.parametrize(("etags", "sizes"), [(("", ""), (10, 10)), (("x", "x"), (10, 11)), (("x", "y"), (10, 10))])
def test_images_that_only_look_alike_are_each_reviewed(make, etags, sizes) -> None:
    alike = [
        make.prediction(uri=f"s3://b/{number}.jpg", etag=etag, size=size)
        for number, (etag, size) in enumerate(zip(etags, sizes, strict=True))
    ]
    assert [review.duplicate_of for review in plan(alike)] == [None, None]


def test_an_image_scored_twice_is_refused(make) -> None:
    with pytest.raises(SelectionError, match="two predictions") as caught:
        plan([make.prediction(0.1), make.prediction(0.2)])
    assert caught.value.image == make.uri


URIS = st.lists(st.integers(0, 40), min_size=1, max_size=15, unique=True)


@given(URIS, st.lists(st.floats(0, 1), max_size=3), st.floats(0, 1), st.randoms(use_true_random=False))
def test_the_order_of_the_images_does_not_matter(make, numbers, scores, share, random) -> None:
    predictions = [make.prediction(*scores, uri=f"s3://b/{n}.jpg", etag=str(n % 7)) for n in numbers]
    expected = plan(predictions, share=share)
    random.shuffle(predictions)
    assert plan(predictions, share=share) == expected
    assert [review.image.uri for review in expected] == sorted(review.image.uri for review in expected)


@given(URIS, st.floats(0, 1))
def test_an_image_is_drawn_alike_in_any_company(make, numbers, share) -> None:
    predictions = [make.prediction(0.9, uri=f"s3://b/{n}.jpg") for n in numbers]
    together = {review.image.uri for review in plan(predictions, share=share)}
    alone = {review.image.uri for one in predictions for review in plan([one], share=share)}
    assert together == alone


@given(URIS, st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_a_greater_share_keeps_those_drawn_by_a_smaller(numbers, shares) -> None:
    images = [Image(f"s3://b/{n}.jpg", "e", 1) for n in numbers]
    for image in images:
        assert not is_drawn(image, audit_share=shares[0], seed=1) or is_drawn(image, audit_share=shares[1], seed=1)
        assert not is_drawn(image, audit_share=0.0, seed=1)
        assert is_drawn(image, audit_share=1.0, seed=1)


def test_the_audit_draws_the_share_asked_for_whatever_the_score() -> None:
    images = [Image(f"s3://b/{n}.jpg", f"{n}", 1) for n in range(20_000)]
    drawn = np.array([is_drawn(image, audit_share=0.1, seed=7) for image in images])
    assert abs(drawn.mean() - 0.1) < 4 * (0.1 * 0.9 / len(images)) ** 0.5
    again = np.array([is_drawn(image, audit_share=0.1, seed=8) for image in images])
    assert (drawn & again).mean() == pytest.approx(0.01, abs=0.004)  # another seed draws independently


def test_a_new_version_of_an_image_is_drawn_anew() -> None:
    both = [
        is_drawn(Image(f"s3://b/{n}.jpg", etag, 1), audit_share=0.5, seed=1) for n, etag in product(range(99), "xy")
    ]
    assert any(x != y for x, y in zip(both[::2], both[1::2], strict=True))


def test_a_plan_survives_json(make) -> None:
    same = [make.prediction(0.1, uri=f"s3://b/{name}.jpg", etag="same") for name in "ab"]
    planned = plan([*same, make.prediction(uri="s3://b/c.jpg")], share=0.5)
    assert [PlannedReview.from_json(review.to_json()) for review in planned] == planned
    assert len(planned) == 3


def test_an_unknown_purpose_is_refused(make) -> None:
    with pytest.raises(RowError, match="'whim' is not one of no-detection, low-confidence, uncertain-box"):
        PlannedReview.from_json(make.review().to_json() | {"purpose": "whim"})


def test_input_content_is_the_same_bytes_for_the_same_review(make) -> None:
    review = make.review(make.box("sofa", 120.6, 213.5, 377.9, 282.2, score=0.465))
    content = input_content(review, ["chair", "sofa"], 0.3)
    assert content == (
        '{"initialValue":[{"height":282,"label":"sofa","left":121,"score":0.465,"top":214,"width":378}],'
        '"labels":["chair","sofa"],'
        '"meta":{"maxScore":0.465,"modelVersion":"model-1","purpose":"low-confidence"},'
        '"taskObject":"s3://example-od-input/2026/11/22/img-000123.jpg"}'
    )
    assert (
        input_content(PlannedReview.from_json(json.loads(json.dumps(review.to_json()))), ["chair", "sofa"], 0.3)
        == content
    )


def test_only_boxes_worth_drawing_are_drawn(make) -> None:
    boxes = [make.box("sofa", 0, 0, 9, 9, score=score) for score in (0.5, 0.3, 0.29)]
    drawn = json.loads(input_content(make.review(*boxes), make.classes, 0.3))["initialValue"]
    assert len(drawn) == 2
    assert json.loads(input_content(make.review(), make.classes, 0.3))["initialValue"] == []


EDGE = st.floats(0, 800)


@given(st.lists(st.tuples(EDGE, EDGE, EDGE, EDGE), max_size=5))
def test_drawn_boxes_are_whole_pixels_inside_the_image(make, edges) -> None:
    review = make.review(*(make.box("cat", *values, score=0.9) for values in edges))
    for box in json.loads(input_content(review, make.classes, 0.3))["initialValue"]:
        assert all(isinstance(box[key], int) for key in ("left", "top", "width", "height"))
        assert min(box["left"], box["top"]) >= 0
        assert min(box["width"], box["height"]) >= 1
        assert box["left"] + box["width"] <= 800
        assert box["top"] + box["height"] <= 533
