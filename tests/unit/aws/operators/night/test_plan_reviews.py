"""PlanReviews: the plan of a night is made once, of all its images, and takes over what earlier nights left."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nightloop.aws.errors import ClassesChangedError, NightIncompleteError, TooManyFailuresError
from nightloop.aws.operators.night.plan_reviews import PlanReviewsOperator
from nightloop.aws.resources.review_policy import Deciding
from nightloop.config import Budget, Limits, Trust
from nightloop.domain.detection.boxes.predictions import NOT_AN_IMAGE, Prediction
from nightloop.domain.errors import SelectionError
from nightloop.domain.rows.jsonl import dumps_lines
from tests.support.fakes.task import FakeTask
from tests.support.night import (
    CLASSES,
    LOOP,
    MODEL,
    NIGHT,
    Night,
    answer,
    box,
    human,
    image,
    prediction,
    review,
    run,
    tried,
)

SETTINGS = {"loop": "voc", "score_threshold": 0.5, "audit_share": 0.0, "seed": 7}


def planning(**changes):
    return PlanReviewsOperator(**{"task_id": "plan", "night": NIGHT} | SETTINGS | changes)


def scored(night, *predictions):
    return night.lay(images=[p.image for p in predictions], predictions=predictions)


def test_what_the_model_is_unsure_of_is_planned(s3, night):
    scored(night, prediction(1, 0.9), prediction(2, 0.3), prediction(3))
    found = tried(s3, planning)
    rows = night.rows(night.files.plan)
    assert [(row["image"]["uri"], row["purpose"]) for row in rows] == [
        (image(2).uri, "low-confidence"),
        (image(3).uri, "no-detection"),
    ]
    assert (found["uri"], found["reviews"]) == (night.files.plan, 2)
    assert (found["low-confidence"], found["no-detection"]) == (1, 1)
    assert "purposes" not in found


def test_the_audit_draws_by_its_own_share(s3, night):
    scored(night, *(prediction(number, 0.9) for number in range(5)))
    found = tried(s3, lambda: planning(audit_share=1.0))
    assert (found["audit"], found["reviews"]) == (5, 5)
    assert all(row["audit_drawn"] for row in night.rows(night.files.plan))


def test_a_plan_is_kept_whatever_the_settings_are_by_now(s3, night):
    scored(night, prediction(1, 0.4))
    tried(s3, planning)
    before = s3.objects[night.files.plan]
    s3.calls.clear()
    assert tried(s3, lambda: planning(score_threshold=0.1))["reviews"] == 1
    assert s3.objects[night.files.plan] == before
    assert s3.written() == []


def test_the_plan_of_another_try_that_was_faster_is_used(s3, night):
    scored(night, prediction(1, 0.4))
    s3.before("put_object", lambda: night.lay(plan=[review(8), review(9)]))
    assert run(planning())["reviews"] == 2


def test_an_image_without_a_prediction_stops_the_plan(s3, night):
    night.lay(images=[image(1), image(2), image(3)], predictions=[prediction(2, 0.1)])
    with pytest.raises(NightIncompleteError, match=rf"2 of 3 images have no prediction, such as {image(1).uri}"):
        run(planning())
    assert night.files.plan not in s3.objects


def test_a_copy_counts_as_its_original(s3, night):
    copy = image(1, uri="s3://bucket/loops/voc/normalised/x.jpg", original=image(1).uri)
    night.lay(images=[image(1)], predictions=[prediction(1, 0.1, image=copy)])
    assert tried(s3, planning)["reviews"] == 1


@pytest.mark.parametrize(("code", "fails"), [("ModelError", True), (NOT_AN_IMAGE, False)])
def test_too_many_images_without_a_score_fail_the_night(s3, night, code, fails):
    failed = [Prediction.failed(image(number), MODEL, code, "why") for number in range(3)]
    scored(night, prediction(9, 0.1), *failed)
    made = planning(limits=Limits(max_unscored_share=0.5, few=2))
    if fails:
        with pytest.raises(TooManyFailuresError, match=r"3 of 4 images have no score.*0.jpg: ModelError: why"):
            run(made)
        assert night.files.plan not in s3.objects
    else:
        assert run(made)["reviews"] == 1, "an object that is no image is no failure"


def test_what_is_no_image_makes_no_failure_rarer(s3, night):
    failed = [Prediction.failed(image(number), MODEL, "ModelError", "why") for number in (1, 2)]
    others = [Prediction.failed(image(number), MODEL, NOT_AN_IMAGE, "PDF") for number in range(3, 9)]
    scored(night, prediction(9, 0.1), *failed, *others)
    with pytest.raises(TooManyFailuresError, match="2 of 3 images have no score"):
        run(planning(limits=Limits(max_unscored_share=0.5, few=2)))


@pytest.fixture
def model(sagemaker, s3):
    """Let the night's model be there, with the classes it was trained on."""
    artefact = f"{LOOP}/models/job/output/model.tar.gz"
    sagemaker.create_model(
        ModelName=MODEL,
        ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
        PrimaryContainer={"ModelDataUrl": artefact},
    )
    s3.put(f"{LOOP}/models/job/output/classes.json", json.dumps(CLASSES))


@pytest.mark.parametrize(("classes", "fits"), [(CLASSES, True), (("dog", "cat"), False), (("cat",), False)])
def test_a_loop_whose_classes_are_not_the_model_s_plans_nothing(s3, night, model, classes, fits):
    scored(night, prediction(1, 0.4))
    made = planning(deciding=Deciding(classes=classes))
    if fits:
        assert run(made)["reviews"] == 1
    else:
        with pytest.raises(ClassesChangedError, match=f"not those of model {MODEL}"):
            run(made)
        assert night.files.plan not in s3.objects


def test_the_budget_leaves_out_and_says_why(s3, night, capsys):
    scored(night, prediction(1, 0.1), prediction(2, 0.2))
    found = tried(s3, lambda: planning(deciding=Deciding(budget=Budget(reviews=1))))
    assert found["reviews"] == 1
    assert sum(found["left_out"].values()) == 1
    assert "Left out: 1 images" in capsys.readouterr().out


def agreed_on_before(s3):
    """Let reviewers of an earlier night have agreed on boxes they were not shown."""
    asked = review(7, boxes=(), best_score=None)
    output = answer(asked, human(box(), worker="a"), human(box(), worker="b"), human(box(), worker="c"))
    Night(s3, "2026-11-20").lay(answers=[replace(output, shown=())])


def test_a_share_of_the_reviews_is_about_known_images(s3, night):
    agreed_on_before(s3)
    scored(night, *(prediction(number, 0.1) for number in range(4)))
    tried(s3, lambda: planning(deciding=Deciding(trust=Trust(gold_share=0.25))))
    gold = [row for row in night.rows(night.files.plan) if row["purpose"] == "gold"]
    assert [(row["image"]["uri"], len(row["gold"]), len(row["gold_by"])) for row in gold] == [(image(7).uri, 1, 3)]


def test_without_a_share_of_known_images_nothing_is_read_of_earlier_nights(s3, night):
    agreed_on_before(s3)
    scored(night, prediction(1, 0.1))
    assert run(planning())["reviews"] == 1
    assert not any("2026-11-20" in request["Key"] for request in s3.requests("get_object"))


def left_postponed(s3, night, *reviews, by="2026-11-21"):
    s3.put(night.loop.postponed_by(by), dumps_lines(reviews))


def test_what_earlier_nights_could_not_open_is_taken_over_once(s3, night):
    left_postponed(s3, night, review(5), review(6))
    scored(night, prediction(1, 0.1))
    assert tried(s3, planning)["reviews"] == 3
    assert json.loads(s3.objects[night.loop.reopened("2026-11-21")]) == {"night": "2026-11-22"}
    other = scored(Night(s3, "2026-11-23"), prediction(1, 0.1))
    assert run(planning(), night=other.folder)["reviews"] == 1, "they are another night's by now"


def test_a_night_that_takes_them_at_the_same_moment_keeps_them(s3, night):
    left_postponed(s3, night, review(5))
    scored(night, prediction(1, 0.1))
    s3.before("put_object", lambda: s3.put(night.loop.reopened("2026-11-21"), b'{"night": "2026-11-23"}'))
    assert run(planning())["reviews"] == 1


def test_a_try_that_died_after_taking_them_finds_them_again(s3, night):
    left_postponed(s3, night, review(5))
    s3.put(night.loop.reopened("2026-11-21"), b'{"night": "2026-11-22"}')
    scored(night, prediction(1, 0.1))
    assert run(planning())["reviews"] == 2


@pytest.mark.parametrize("dry", ["true", True])
def test_a_plan_that_is_only_tried_out_takes_nothing_over(s3, night, dry):
    left_postponed(s3, night, review(5))
    scored(night, prediction(1, 0.1))
    assert run(planning(plan_only="{{ params.dry }}"), dry=dry)["reviews"] == 1
    assert night.loop.reopened("2026-11-21") not in s3.objects


def test_a_picture_that_came_again_is_planned_once(s3, night):
    scored(night, prediction(1, 0.1))
    run(planning())
    (planned,) = night.rows(night.files.plan)
    s3.remove(night.files.plan)
    s3.put(night.loop.postponed_by("2026-11-21"), json.dumps(planned) + "\n")
    assert run(planning())["reviews"] == 1


def test_the_link_leads_to_the_plan(s3, night):
    scored(night)
    run(planning(), ti=(task := FakeTask()))
    assert task.pushed["s3_output"]["object_key"] == "loops/voc/nights/2026-11-22/plan.jsonl"


def test_an_image_scored_twice_is_named(night):
    night.lay(images=[image(1)], predictions=[prediction(1, 0.1), prediction(1, 0.2)])
    with pytest.raises(SelectionError, match=f"image {image(1).uri}: has two predictions"):
        run(planning())
