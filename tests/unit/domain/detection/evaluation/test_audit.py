"""Whose answers count for the audit's estimate, and with what probability each image was drawn."""

from dataclasses import replace

import pytest

from nightloop.domain.detection.answers import Answer, Unusable
from nightloop.domain.detection.evaluation.audit import AuditNight, audited_images


def drawn(make, number, **changes):
    image = make.image(f"s3://b/{number}.jpg", f"etag-{number}")
    return make.review(make.box("cat", score=0.9), image=image, audit_drawn=True, **changes)


def answer(review, *boxes, **changes):
    values = {"image": review.image, "review_name": review.review_name, "purpose": "audit", "audit_drawn": True}
    values |= {"model": review.model, "width": 800, "height": 533, "reviewers": (), "boxes": boxes, "agreement": 1.0}
    return Answer(**(values | changes))


def found(audited):
    """Return for each image the classes people saw, None where nobody answered, and the probability."""
    return [
        (None if image.truth is None else image.truth.class_ids.tolist(), pytest.approx(image.probability))
        for image in audited
    ]


def test_only_answers_about_what_was_drawn_and_scored_count(make) -> None:
    review, cat = drawn(make, 1), make.box("cat")
    others = [
        replace(drawn(make, 2), audit_drawn=False),
        drawn(make, 3, model="earlier"),
    ]
    night = AuditNight.of(0.1, [review, *others], "model-1")
    answers = [answer(each, cat) for each in others]
    answers += [answer(review, gold=()), answer(review, model="earlier")]
    answers.append(answer(review, image=make.image("s3://b/1.jpg", "of another picture")))
    assert found(audited_images([night], answers)) == [(None, 0.1)]
    (image,) = audited_images([night], [*answers, answer(review, cat)])
    assert (image.truth.class_ids.tolist(), image.detections.scores.tolist()) == ([7], [0.9])


def test_a_late_answer_counts_for_the_night_that_drew_the_image_and_the_last_one_counts(make) -> None:
    first, second = drawn(make, 1), drawn(make, 2)
    nights = [AuditNight(0.1, (first,)), AuditNight(0.4, (second,))]
    answers = [answer(first, make.box("dog")), answer(second), answer(first, make.box("cat"), ordinal=1)]
    assert found(audited_images(nights, answers)) == [([7], 0.1), ([], 0.4)]


def test_an_answer_that_cannot_be_used_is_no_answer(make) -> None:
    first, second, third = (drawn(make, number) for number in (1, 2, 3))
    unusable = Unusable("disagreement", "the reviewers disagree")
    answers = [answer(first, unusable=unusable), answer(second, make.box("cat"), unusable=unusable)]
    answers += [answer(third), Answer.refused(third, Unusable("label", "label 'Cat' is not one of the loop's classes"))]
    night = AuditNight(0.1, (first, second, third))
    assert found(audited_images([night], answers)) == [(None, 0.1), (None, 0.1), ([], 0.1)]


def test_what_the_budget_cut_makes_the_others_rarer(make) -> None:
    asked = [drawn(make, number) for number in range(3)]
    night = AuditNight(0.2, (*asked, drawn(make, 3, left_out="no budget is left")))
    assert found(audited_images([night], [])) == [(None, 0.15)] * 3


def test_an_identical_image_has_the_answer_of_the_one_that_was_reviewed(make) -> None:
    reviewed = drawn(make, 1)
    copy = replace(reviewed, image=make.image("s3://b/2.jpg", "etag-1"), duplicate_of="s3://b/1.jpg")
    audited = audited_images([AuditNight(0.1, (reviewed, copy))], [answer(reviewed, make.box("cat"))])
    assert found(audited) == [([7], 0.1)] * 2


def test_an_image_that_a_later_night_took_over_counts_once(make) -> None:
    review = drawn(make, 1)
    nights = [AuditNight(0.1, (review,)), AuditNight(0.4, (review, drawn(make, 2)))]
    assert found(audited_images(nights, [])) == [(None, 0.1), (None, 0.4)]


def test_an_audit_that_was_cut_to_nothing_says_nothing(make) -> None:
    assert audited_images([AuditNight(0.1, (drawn(make, 1, left_out="no budget is left"),))], []) == []
