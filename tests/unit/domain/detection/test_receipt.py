from dataclasses import replace
from typing import Any

import pytest

from nightloop.domain.detection.answers import Answer, Unusable, parse_output
from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.receipt import build_receipt, describe_night
from nightloop.domain.detection.selection import ScoringTally, plan_reviews
from nightloop.domain.errors import RowError
from nightloop.domain.reviews.opened import OpenedReview


def test_a_night_is_counted(make) -> None:
    predictions = [
        make.prediction(0.1, uri="s3://b/1.jpg"),
        make.prediction(uri="s3://b/2.jpg"),
        make.prediction(0.9, uri="s3://b/3.jpg"),
        make.prediction(0.2, uri="s3://b/4.jpg", etag="s3://b/1.jpg"),  # the first image again
        Prediction.failed(make.image("s3://b/5.jpg"), "model-1", "ModelError", "no"),
        Prediction.failed(make.image("s3://b/6"), "model-1", "NotAnImage", "JSON"),
        replace(make.prediction(0.9, uri="s3://b/7.gif"), note="the first of 3 frames"),
    ]
    plan = plan_reviews(predictions, loop="voc", score_threshold=0.5, audit_share=1.0, seed=1)
    one, two, three, *_ = [review.review_name for review in plan if review.duplicate_of is None]
    opened = [
        OpenedReview(one, "opened", "arn:1"),
        OpenedReview(two, "adopted", "arn:2"),
        OpenedReview(three, "opened", "arn:3"),
        OpenedReview("voc-more", "opened", "arn:4"),
        OpenedReview("voc-refused", "failed", error="ValidationException: no"),
        OpenedReview("voc-later", "postponed", error="Quota: used up"),
    ]
    humans = [make.human(make.drawn()), make.human(make.drawn("unicorn"))]
    answers = [parse_output(make.output(*humans), make.review(), make.classes)] * 2
    receipt = build_receipt(
        loop="voc",
        night="2026-11-22",
        model="model-1",
        images=7,
        companions={"Thumbs.db": 2},
        scoring=ScoringTally(0.5).of(predictions),
        plan=plan,
        opened=opened,
        statuses={one: "Completed", two: "Failed", three: "InProgress", "voc-yesterday": "Completed"},
        answers=answers,
        manifest_lines=2,
        expectations={"evaluated": 23, "failed": 0},
        price_per_review=0.08,
        late_answers=1,
        given_up=2,
    )
    assert receipt == {
        "loop": "voc",
        "night": "2026-11-22",
        "model": "model-1",
        "images": 6,
        "not_images": {"JSON": 1, "Thumbs.db": 2},
        "several_pictures": 1,
        "scored": 5,
        "score_errors": 1,
        "below_threshold": 3,
        "audit": 5,
        "planned": 4,
        "duplicates": 1,
        "left_out": 0,
        "reviews_opened": 3,
        "reviews_adopted": 1,
        "reviews_completed": 1,
        "reviews_failed": 2,
        "reviews_open": 2,
        "reviews_postponed": 1,
        "given_up": 2,
        "answers": 2,
        "late_answers": 1,
        "unusable_answers": 0,
        "answers_left_out": 2,
        "manifest_lines": 2,
        "reviewer_seconds": 81.0,
        "reviews_cost": 0.16,
        "expectations": {"evaluated": 23, "failed": 0},
    }


def test_a_night_without_images(make) -> None:
    receipt = build_receipt(
        loop="voc",
        night="2026-11-22",
        model=None,
        images=0,
        scoring=ScoringTally(0.5),
        plan=[],
        opened=[],
        statuses={},
        answers=[],
        manifest_lines=0,
        expectations={},
    )
    assert {value for value in receipt.values() if isinstance(value, int | float)} == {0}
    assert receipt["expectations"] == {"evaluated": 0, "failed": 0}


def test_a_loop_survives_json() -> None:
    for row in (OpenedReview("voc-1", "adopted", "arn:1"), OpenedReview("voc-2", "failed", error="Throttled")):
        assert OpenedReview.from_json(row.to_json()) == row
    with pytest.raises(RowError, match="outcome 'lost' is not one of opened, adopted, failed"):
        OpenedReview.from_json({"review_name": "voc-1", "arn": None, "outcome": "lost"})


def nothing_happened():
    names = ("images", "scored", *(f"reviews_{end}" for end in ("opened", "adopted", "completed", "failed", "open")))
    return dict.fromkeys((*names, "answers", "late_answers", "manifest_lines", "reviews_postponed", "given_up"), 0)


def test_a_night_nobody_answered_says_so() -> None:
    counts = nothing_happened()
    assert describe_night(counts | {"model": None})[0] == "0 images, 0 of them scored with no model."
    assert len(describe_night(counts | {"model": None})) == 3
    told = describe_night(
        counts | {"model": "m", "reviews_opened": 2, "reviews_open": 2, "reviews_postponed": 1, "given_up": 4}
    )
    assert told[3:] == [
        "Nobody answered any of the 2 reviews; those still open join a later night.",
        "1 reviews wait for the next night: a quota is used up.",
        "4 reviews of earlier nights were stopped: nobody answered them.",
    ]


def test_a_night_says_how_good_the_live_model_is() -> None:
    quiet = nothing_happened() | {"model": "m"}
    found = {"value": 0.6123, "low": 0.55, "high": 0.67, "pessimistic": 0.5, "optimistic": 0.7}
    quality = {"images": 40, "nights": 3, "unanswered": 0, "average_precision": found}
    sentence = "mAP@0.5 of the live model, by 40 audited images of 3 nights: 0.612 (95 % interval 0.550 to 0.670)"
    assert describe_night(quiet | {"live_quality": quality})[-1] == f"{sentence}."
    assert describe_night(quiet | {"live_quality": quality | {"unanswered": 5}})[-1] == (
        f"{sentence}; 5 more were drawn and not answered, with which it lies between 0.500 and 0.700."
    )
    assert describe_night(quiet | {"live_quality": None}) == describe_night(quiet)
    holdout = {"average_precision": 0.6543, "images": 70}
    *_, told, beside = describe_night(quiet | {"live_quality": quality, "holdout_quality": holdout})
    assert told == f"{sentence}."
    assert beside.startswith("On the holdout it was 0.654 (70 images) when it was last measured there. The two differ:")


def test_a_night_of_too_few_audited_images_says_how_many_are_needed() -> None:
    quiet = nothing_happened() | {"model": "m", "live_quality": None}
    audited = {"nights": 3, "with_objects": 12, "needed": 30}
    assert describe_night(quiet | {"audited": audited, "holdout_quality": None})[-1] == (
        "The live model's quality is not estimated: of 3 nights 12 audited images with an object are answered, and 30"
        " are needed."
    )


def test_answers_that_decide_nothing_are_counted_by_their_reason(make) -> None:
    split = parse_output(make.output(make.human(make.drawn("cat")), make.human()), make.review(), make.classes)
    refused = [Answer.refused(make.review(), Unusable(code, "a reason")) for code in ("label", "size", "label")]
    known = Answer.refused(make.review(gold=()), Unusable("label", "a reason"))
    nothing: dict[str, Any] = dict.fromkeys(("images", "manifest_lines"), 0)
    lists: dict[str, Any] = {"scoring": ScoringTally(0.5), "plan": [], "opened": [], "statuses": {}, "expectations": {}}
    answers = [split, *refused, known]
    receipt = build_receipt(loop="voc", night="2026-11-22", model="m", answers=answers, **nothing, **lists)
    assert receipt["undecided"] == {"disagreement": 1, "label": 2, "size": 1}
    assert receipt["answers"] == 1
    assert describe_night(receipt | {"asked_again": 3})[-2:] == [
        "4 answers decide nothing (1 disagreement, 2 label, 1 size): no model learns from them.",
        "3 images get a tie-break.",
    ]
