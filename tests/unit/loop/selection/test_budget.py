from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.loop.predictions import Prediction
from nightloop.loop.selection import Budget, Effort, Policies, is_drawn, plan_reviews, summarise
from nightloop.loop.selection.draw import audit_number
from nightloop.loop.selection.gain import class_weights

NIGHT = st.lists(st.lists(st.floats(0, 1), max_size=4), min_size=1, max_size=14)
LIMIT = st.one_of(st.none(), st.integers(0, 8))


def predictions(make, night) -> list[Prediction]:
    return [make.prediction(*scores, uri=f"s3://b/{number:03}.jpg") for number, scores in enumerate(night)]


def plan(given_predictions, share=0.0, **settings):
    return plan_reviews(given_predictions, loop="voc", score_threshold=0.5, audit_share=share, seed=7, **settings)


def uris(reviews) -> list[str]:
    return [review.image.uri for review in reviews]


@given(NIGHT, st.tuples(LIMIT, LIMIT, LIMIT), st.floats(0, 1))
def test_a_night_never_costs_more_than_its_budget(make, night, limits, share) -> None:
    reviews, minutes, money = limits
    budget = Budget(reviews, minutes, money, price=0.5)
    planned = plan(predictions(make, night), share, budget=budget, effort=Effort(20, 8, reviewers=2))
    chosen = [review for review in planned if review.is_reviewed]
    assert reviews is None or len(chosen) <= reviews
    assert minutes is None or sum(review.seconds for review in chosen) <= 60 * minutes + 1e-3
    assert money is None or len(chosen) * 0.5 <= money
    unlimited = plan(predictions(make, night), share, effort=Effort(20, 8, reviewers=2))
    assert uris(planned) == uris(unlimited), "what did not fit is in the plan"
    assert all(review.is_reviewed for review in unlimited)


@given(NIGHT, st.integers(0, 8), st.floats(0, 1))
def test_the_audit_is_paid_first_and_a_cut_leaves_the_lowest_numbers(make, night, reviews, share) -> None:
    planned = plan(predictions(make, night), share, budget=Budget(reviews))
    drawn = sorted((review for review in planned if review.audit_drawn), key=lambda one: audit_number(one.image, 7))
    assert all(review.is_reviewed for review in drawn[:reviews])
    assert not any(review.is_reviewed for review in drawn[reviews:])


@given(NIGHT, st.integers(0, 8))
def test_what_is_chosen_brings_most_for_its_cost(make, night, reviews) -> None:
    planned = plan(predictions(make, night), budget=Budget(reviews))
    value = {review.image.uri: review.gain / review.seconds for review in planned}
    chosen = [value[review.image.uri] for review in planned if review.is_reviewed]
    others = [value[review.image.uri] for review in planned if not review.is_reviewed]
    assert not chosen or not others or min(chosen) >= max(others)
    assert len(chosen) == min(reviews, len(planned))


@given(NIGHT, st.integers(0, 8), st.floats(0, 1), st.randoms(use_true_random=False))
def test_the_order_of_the_images_does_not_matter(make, night, reviews, share, random) -> None:
    given_predictions = [
        replace(prediction, perceptual_hash=f"{number % 5:016x}")
        for number, prediction in enumerate(predictions(make, night))
    ]
    settings = {"budget": Budget(reviews), "policies": Policies(near_duplicate_bits=1)}
    expected = plan(given_predictions, share, **settings)
    random.shuffle(given_predictions)
    assert plan(given_predictions, share, **settings) == expected


def test_why_a_review_did_not_fit(make) -> None:
    night = predictions(make, [[0.4], [0.4], [0.4]])
    reasons = {
        "the night's 1 reviews are spent": Budget(reviews=1),
        "does not fit what is left of the night's 0.25 reviewer minutes": Budget(minutes=0.25),
        "the night's money, 0.3, is spent": Budget(money=0.3, price=0.2),
    }
    for reason, budget in reasons.items():
        assert [review.left_out for review in plan(night, budget=budget)] == [None, reason, reason]


def test_a_smaller_review_still_fits_where_a_greater_did_not(make) -> None:
    night = predictions(make, [[0.45, 0.45, 0.45], [0.2]])
    planned = plan(night, budget=Budget(minutes=0.2), effort=Effort(10, 8))
    assert [review.is_reviewed for review in planned] == [False, True]


def test_identical_images_are_left_out_with_the_first(make) -> None:
    twins = [make.prediction(0.4, uri=f"s3://b/{name}.jpg", etag="same") for name in "ab"]
    planned = plan([*twins, make.prediction(0.45, uri="s3://b/c.jpg")], budget=Budget(reviews=1))
    assert [review.is_reviewed for review in planned] == [False, False, True]
    assert planned[1].left_out == planned[0].left_out == "the night's 1 reviews are spent"


def alike(make, *hashes, score=0.4):
    return [
        replace(make.prediction(score + number / 100, uri=f"s3://b/{number}.jpg"), perceptual_hash=text)
        for number, text in enumerate(hashes)
    ]


@pytest.mark.parametrize(("bits", "reviewed"), [(None, [0, 1, 2]), (0, [0, 1, 2]), (1, [0, 2]), (2, [2]), (64, [2])])
def test_images_that_look_like_a_chosen_one_are_left_out(make, bits, reviewed) -> None:
    night = alike(make, "0" * 15 + "1", "0" * 15 + "0", "0" * 15 + "2")  # the last is the most valuable
    planned = plan(night, policies=Policies(near_duplicate_bits=bits))
    assert [number for number, review in enumerate(planned) if review.is_reviewed] == reviewed
    left_out = [review.left_out for review in planned if review.left_out]
    assert all(reason.startswith("looks like s3://b/") for reason in left_out)


def test_an_image_the_audit_drew_is_reviewed_whatever_it_looks_like(make) -> None:
    night = alike(make, *["f" * 16] * 40, score=0.3)
    planned = plan(night, share=0.3, policies=Policies(near_duplicate_bits=4))
    drawn = {prediction.image.uri for prediction in night if is_drawn(prediction.image, audit_share=0.3, seed=7)}
    assert {review.image.uri for review in planned if review.is_reviewed} == drawn
    assert 5 < len(drawn) < 20


def test_images_without_hash_look_like_none(make) -> None:
    assert all(
        review.is_reviewed for review in plan(alike(make, None, None), policies=Policies(near_duplicate_bits=64))
    )


def test_rare_classes_come_first(make) -> None:
    def night():
        for number, label in enumerate(["cat", "cat", "cat", "cow"]):
            prediction = make.prediction(uri=f"s3://b/{number}.jpg")
            yield replace(prediction, boxes=(make.box(label, score=0.45 - number / 100),))

    first = Budget(reviews=1)
    assert uris(review for review in plan(night(), budget=first) if review.is_reviewed) == ["s3://b/0.jpg"]
    balanced = plan(night(), budget=first, policies=Policies(class_balance=1.0))
    assert uris(review for review in balanced if review.is_reviewed) == ["s3://b/3.jpg"]
    known = plan(night(), budget=first, policies=Policies(class_balance=1.0), class_counts={"cat": 5, "cow": 500})
    assert uris(review for review in known if review.is_reviewed) == ["s3://b/0.jpg"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_rarer_class_never_weighs_less(counts, balance) -> None:
    weights = class_weights(counts, balance)
    ordered = sorted(counts, key=counts.__getitem__)
    assert [weights[label] for label in ordered] == sorted(weights.values(), reverse=True)
    assert max(weights.values()) <= 10
    assert balance > 0 or set(weights.values()) == {1.0}


def test_summary(make) -> None:
    night = predictions(make, [[0.4], [0.4], [], [0.9]])
    planned = plan(night, budget=Budget(reviews=2, price=0.1), effort=Effort(30, 0))
    assert summarise(planned, price_per_review=0.1) == {
        "reviews": 2,
        "purposes": {"low-confidence": 1, "no-detection": 1},
        "audit": 0,
        "minutes": 1.0,
        "money": 0.2,
        "duplicates": 0,
        "left_out": {"the night's 2 reviews are spent": 1},
    }
