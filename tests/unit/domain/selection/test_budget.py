from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection import Effort, Policies, plan_reviews, summarise
from nightloop.domain.detection.selection.gain import Coverage, presence
from nightloop.domain.selection.budget import Budget
from nightloop.domain.selection.draw import audit_number, is_drawn

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


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["cat", "cow", "dog"]), st.floats(0, 1)), max_size=4),
        min_size=1,
        max_size=14,
    ),
    st.integers(0, 8),
    st.floats(0, 1),
    st.dictionaries(st.sampled_from(["cat", "cow", "bus"]), st.integers(0, 9)),
)
def test_each_review_is_the_one_that_adds_most_a_second_to_those_before(make, night, reviews, balance, counts) -> None:
    """Beside a search through all that is left, each time; equal ones may come in any order."""
    shown = [
        replace(
            make.prediction(uri=f"s3://b/{number:03}.jpg"),
            boxes=tuple(make.box(label, score=score) for label, score in boxes),
        )
        for number, boxes in enumerate(night)
    ]
    planned = plan(
        shown,
        budget=Budget(reviews),
        policies=Policies(uncertain_band=(0, 1), class_balance=balance),
        class_counts=counts,
    )
    labels = {box.label for prediction in shown for box in prediction.boxes} | set(counts)
    presences = {prediction.image.uri: presence(prediction, labels) for prediction in shown}
    seconds = {review.image.uri: review.seconds for review in planned}
    coverage, left = Coverage(counts, balance), {review.image.uri: review for review in planned}
    for _ in range(min(reviews, len(planned))):
        best = max(left, key=lambda uri: coverage.gain(presences[uri]) / seconds[uri])
        value = coverage.gain(presences[best])
        same = [uri for uri in left if abs(coverage.gain(presences[uri]) / seconds[uri] - value / seconds[best]) < 1e-9]
        taken = next(uri for uri in same if left[uri].is_reviewed)
        assert left.pop(taken).gain == pytest.approx(coverage.gain(presences[taken]), abs=1e-6)
        coverage.add(presences[taken])
    assert not any(review.is_reviewed for review in left.values())


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


def seen(make, *labels, score=0.45):
    """Return images of one box each, the first surest."""
    for number, label in enumerate(labels):
        prediction = make.prediction(uri=f"s3://b/{number}.jpg")
        yield replace(prediction, boxes=(make.box(label, score=score - number / 100),))


def reviewed(planned) -> list[str]:
    return uris(review for review in planned if review.is_reviewed)


def test_a_class_that_is_covered_gives_way_to_another(make) -> None:
    night, two = ["cat", "cat", "cat", "cow"], Budget(reviews=2)
    balanced = plan(seen(make, *night), budget=two, policies=Policies(class_balance=1.0))
    assert reviewed(balanced) == ["s3://b/0.jpg", "s3://b/3.jpg"]
    plain = plan(seen(make, *night), budget=two, policies=Policies(class_balance=0.0))
    assert reviewed(plain) == ["s3://b/0.jpg", "s3://b/1.jpg"]


def test_what_the_model_learned_from_is_covered(make) -> None:
    night, first = ["cat", "cow"], Budget(reviews=1)
    for counts, expected in [({"cat": 500, "cow": 5}, "s3://b/1.jpg"), ({"cat": 5, "cow": 500}, "s3://b/0.jpg")]:
        assert reviewed(plan(seen(make, *night), budget=first, class_counts=counts)) == [expected]


def test_an_image_without_a_box_may_show_any_class(make) -> None:
    assert presence(make.prediction(), ["cat", "cow"]) == {"cat": 0.5, "cow": 0.5}
    known = {"cat": 100, "cow": 0}
    planned = plan([*seen(make, "cat"), make.prediction(uri="s3://b/n.jpg")], budget=Budget(1), class_counts=known)
    assert reviewed(planned) == ["s3://b/n.jpg"]


def test_an_image_shows_a_class_if_any_box_of_it_is_right(make) -> None:
    boxes = tuple(
        make.box(label, score=score) for label, score in [("cat", 0.5), ("cat", 0.5), ("cow", 0.2), ("dog", 0.04)]
    )
    assert presence(replace(make.prediction(), boxes=boxes), ["cat"]) == pytest.approx({"cat": 0.75, "cow": 0.2})


@given(st.floats(0, 1), st.lists(st.floats(0.01, 1), min_size=2, max_size=20))
def test_the_next_image_of_a_class_never_adds_more(balance, shares) -> None:
    coverage, last = Coverage({}, balance), float("inf")
    for share in shares:
        gain = coverage.gain({"cat": share}) / share
        assert 0 < gain <= last * (1 + 1e-9)
        last = coverage.gain({"cat": 1e-6}) / 1e-6 if balance == 0 else gain
        coverage.add({"cat": share})


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
