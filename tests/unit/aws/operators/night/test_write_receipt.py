"""WriteReceipt: a night is counted once, and what the audits show of the live model stands beside the holdout's."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.operators.night.write_receipt import WriteReceiptOperator
from nightloop.domain.detection.answers import Answer, Unusable
from nightloop.domain.detection.boxes.predictions import NOT_AN_IMAGE, Prediction
from nightloop.domain.lineage.origins import ModelOrigin
from tests.support.fakes.task import FakeTask, context
from tests.support.night import (
    LOOP,
    MODEL,
    NIGHT,
    Night,
    answer,
    box,
    human,
    image,
    opened,
    outcome,
    prediction,
    review,
    run,
    tried,
)

CHECKED = {"evaluated": 26, "failed": 2}


def writing(**changes):
    given = {"task_id": "receipt", "night": NIGHT, "loop": "voc", "score_threshold": 0.5}
    return WriteReceiptOperator(**given | {"expectations": CHECKED, "class_count": 2} | changes)


def lay(night, **changes):
    """Lay a night of three images there: one is sure, one is answered, of one the reviewer has not been through."""
    first, second = review(1), review(2)
    files = {
        "images": [image(1), image(2), image(3)],
        "predictions": [prediction(1, 0.4), prediction(2, 0.3), prediction(3, 0.9)],
        "plan": [first, second],
        "reviews": [opened(first), opened(second)],
        "outcomes": [outcome(first), outcome(second, "InProgress")],
        "answers": [answer(first, human(box()))],
        "manifest": [{"source-ref": first.image.uri}],
    }
    return night.lay(**files | changes)


def test_a_night_is_counted_once(s3, night):
    lay(night)
    found = tried(s3, writing)
    assert json.loads(s3.objects[night.files.receipt]) == found
    assert s3.objects[night.files.receipt].endswith(b"}\n")
    counts = {key: found[key] for key in ("loop", "night", "model", "images", "manifest_lines", "expectations")}
    assert counts == {
        "loop": "voc",
        "night": "2026-11-22",
        "model": MODEL,
        "images": 3,
        "manifest_lines": 1,
        "expectations": CHECKED,
    }
    assert (found["late_answers"], found["unusable_answers"], found["given_up"], found["asked_again"]) == (0, 0, 0, 0)


def another_receipt(night):
    """Return a receipt of the same night that says something else."""
    lay(night)
    receipt = run(writing()) | {"manifest_lines": 7}
    del night.s3.buckets["bucket"][night.files.receipt.removeprefix("s3://bucket/")]
    return receipt


def test_a_receipt_is_kept_whatever_would_be_counted_by_now(s3, night):
    theirs = another_receipt(night)
    s3.put(night.files.receipt, json.dumps(theirs))
    assert tried(s3, writing) == theirs


def test_a_receipt_of_another_try_that_was_faster_is_returned(s3, night):
    theirs = another_receipt(night)
    s3.before("put_object", lambda: s3.put(night.files.receipt, json.dumps(theirs)))
    assert run(writing()) == theirs


def test_late_answers_are_those_to_earlier_nights_reviews(s3, night):
    late = review(9)
    lay(
        night,
        outcomes=[outcome(review(1)), outcome(review(2), "InProgress"), outcome(late, night="2026-11-21")],
        answers=[answer(review(1), human(box())), answer(late, human(box()))],
    )
    assert tried(s3, writing)["late_answers"] == 1


def test_a_late_answer_that_cannot_be_used_is_none(s3, night):
    late = review(9)
    refused = Answer.refused(late, Unusable("unreadable", "x"))
    lay(night, outcomes=[outcome(late, night="2026-11-21")], answers=[refused])
    found = tried(s3, writing)
    assert (found["late_answers"], found["unusable_answers"]) == (0, 1)


def test_reviews_given_up_and_images_asked_about_again_are_counted(s3, night):
    lay(
        night,
        outcomes=[outcome(review(9), "Stopped", "2026-11-19", failure_code="GivenUp"), outcome(review(1), "Stopped")],
        tie_breaks=[review(1, ordinal=1), review(2, ordinal=1, left_out="refused")],
    )
    found = tried(s3, writing)
    assert (found["given_up"], found["asked_again"]) == (1, 1)


def test_what_is_no_image_is_counted_by_kind(s3, night):
    lay(night, predictions=[prediction(1, 0.4), Prediction.failed(image(3), MODEL, NOT_AN_IMAGE, "PDF")])
    s3.put(night.files.companions, b'{".DS_Store": 2}')
    found = tried(s3, writing)
    assert (found["images"], found["not_images"]) == (2, {".DS_Store": 2, "PDF": 1})


def test_an_unchecked_empty_night_is_a_receipt_too(s3, night):
    night.lay(images=[], predictions=[], plan=[], reviews=[], outcomes=[], answers=[], manifest=[])
    found = tried(s3, lambda: writing(expectations=None, audit_share=0.1))
    assert (found["images"], found["model"], found["live_quality"]) == (0, None, None)
    assert found["expectations"] == {"evaluated": 0, "failed": 0}


def test_what_the_check_returned_is_templated(s3, night):
    lay(night)
    made = writing(expectations="{{ params.checked }}")
    made.render_template_fields(context(params={"night": night.folder, "checked": "x"}))
    assert made.expectations == "x"


@pytest.mark.parametrize("missing", ["images", "plan", "reviews", "outcomes", "answers", "manifest"])
def test_what_is_missing_is_named_and_nothing_is_written(s3, night, missing):
    lay(night)
    uri = getattr(night.files, missing)
    s3.remove(uri)
    with pytest.raises(NightIncompleteError, match=f"{missing}.jsonl is not there"):
        run(writing())
    assert night.files.receipt not in s3.objects


def audited(night, numbers, **changes):
    """Lay a night there whose audit drew these images, each answered as the model said."""
    reviews = [review(number, audit_drawn=True, purpose="audit", boxes=(box(score=0.9),)) for number in numbers]
    files = {
        "images": [each.image for each in reviews],
        "predictions": [prediction(number, 0.9) for number in numbers],
        "plan": reviews,
        "reviews": [opened(each) for each in reviews],
        "outcomes": [outcome(each) for each in reviews],
        "answers": [answer(each, human(box())) for each in reviews],
        "manifest": [],
    }
    return night.lay(**files | changes)


def test_without_an_audit_nothing_is_said_of_the_live_model(s3, night):
    audited(night, range(40))
    found = run(writing(audit_share=0.0))
    assert found["live_quality"] is None
    assert "audited" not in found
    assert found["audit_share"] == 0.0


def test_with_few_audited_images_it_says_how_many_are_missing(s3, night):
    audited(night, range(3))
    found = tried(s3, lambda: writing(audit_share=0.5))
    assert found["live_quality"] is None
    assert found["audited"] == {"nights": 1, "with_objects": 3, "needed": 30}


def test_the_audits_of_the_nights_before_count_where_one_model_scored_them(s3, night):
    audited(night, range(20))
    earlier = audited(Night(s3, "2026-11-20"), range(20, 40))
    s3.put(earlier.files.receipt, json.dumps({"audit_share": 0.5}))
    found = tried(s3, lambda: writing(audit_share=0.5))
    assert (found["audited"]["nights"], found["audited"]["with_objects"]) == (2, 40)
    assert found["live_quality"]["average_precision"]["value"] == pytest.approx(1.0)
    assert found["live_quality"]["nights"] == 2


def test_a_night_without_a_receipt_does_not_count(s3, night):
    audited(night, range(20))
    audited(Night(s3, "2026-11-20"), range(20, 40))
    assert run(writing(audit_share=0.5))["audited"]["nights"] == 1


def test_what_the_holdout_showed_stands_beside_it(s3, night):
    audited(night, range(3))
    origin = ModelOrigin(MODEL, "job-1", "s3://bucket/a", "c", "s3://bucket/t", "s3://bucket/v")
    s3.put(f"{LOOP}/models/job-1/origin.json", json.dumps(origin.to_json()))
    s3.put(
        f"{LOOP}/models/job-1/evaluations/d/evaluation.json",
        json.dumps({"challenger": {"mean": 0.61}, "images": 50}),
    )
    assert run(writing(audit_share=0.5))["holdout_quality"] == {"average_precision": 0.61, "images": 50}


def test_the_link_leads_to_the_receipt(night):
    lay(night)
    run(writing(), ti=(task := FakeTask()))
    assert task.pushed["s3_output"]["object_key"].endswith("nights/2026-11-22/receipt.json")
