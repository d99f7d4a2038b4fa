"""A plan made in two looks at the predictions is the plan made of a whole night in memory."""

import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from hypothesis import given, settings
from hypothesis import strategies as st

from nightloop.domain.detection.boxes.predictions import Box, Prediction
from nightloop.domain.detection.selection import Budget, Effort, Planning, Policies, plan_reviews
from nightloop.domain.images.image import Image
from tests.unit.domain.detection.selection import whole_plan

LABELS = ("cat", "cow", "dog")
SCORES = st.sampled_from([0.01, 0.05, 0.2, 0.3, 0.45, 0.5, 0.7, 0.9])
BOXES = st.lists(st.tuples(st.integers(0, 2), SCORES, st.sampled_from([0.0, 5.0, 40.0])), max_size=4)


@st.composite
def nights(draw) -> list[Prediction]:
    found = []
    for number in draw(st.lists(st.integers(0, 99), unique=True, max_size=12)):
        image = Image(f"s3://b/{number}.jpg", draw(st.sampled_from(["", "e", "f", str(number)])), 10)
        if draw(st.integers(0, 9)) == 0:
            found.append(Prediction.failed(image, "m", "ModelError", "no"))
            continue
        if draw(st.booleans()):
            image = replace(image, uri=f"s3://b/copies/{99 - number}.jpg", original=image.uri)
        boxes = [Box(kind, LABELS[kind], score, left, 0.0, 30.0, 30.0) for kind, score, left in draw(BOXES)]
        boxes.sort(key=lambda box: -(box.score or 0))
        hashed = draw(st.sampled_from([None, "0" * 16, "0" * 15 + "3", "f" * 16]))
        found.append(Prediction(image, "m", 100, 100, tuple(boxes), perceptual_hash=hashed))
    return found


RULES = st.fixed_dictionaries(
    {
        "score_threshold": st.sampled_from([0.0, 0.5, 1.0]),
        "audit_share": st.sampled_from([0.0, 0.3, 1.0]),
        "policies": st.builds(
            Policies,
            no_detection=st.booleans(),
            uncertain_band=st.none() | st.just((0.2, 0.6)),
            class_margin=st.none() | st.just(0.3),
            class_balance=st.sampled_from([0.0, 0.5, 1.0]),
            near_duplicate_bits=st.none() | st.integers(0, 4),
        ),
        "budget": st.builds(
            Budget, reviews=st.none() | st.integers(0, 6), minutes=st.none() | st.sampled_from([0.3, 1.0])
        ),
        "effort": st.just(Effort(seconds=10.0, seconds_per_object=8.0)),
    }
)
COUNTS = st.dictionaries(st.sampled_from([*LABELS, "emu"]), st.integers(0, 50))


@settings(max_examples=300)
@given(nights(), RULES, COUNTS, st.booleans(), st.randoms(use_true_random=False))
def test_both_ways_give_the_same_plan(predictions, rules, counts, with_gold, random) -> None:
    given_rules = rules | {"loop": "voc", "seed": 7}
    gold = whole_plan.plan_reviews(predictions[:2], **given_rules)[:1] if with_gold else []
    gold = [replace(review, purpose="gold", gold=review.boxes) for review in gold]
    expected = whole_plan.plan_reviews(predictions, class_counts=counts, gold=gold, **given_rules)
    assert plan_reviews(predictions, class_counts=counts, gold=gold, **given_rules) == expected
    planning = Planning(**given_rules)
    shuffled = random.sample(predictions, len(predictions))
    planning.look(iter(shuffled))
    planning.choose()
    planning.choose(counts, gold)
    rows = [*planning.reviews(iter(shuffled)), *planning.gold]
    assert sorted(rows, key=lambda row: (row.image.uri, row.purpose)) == expected
    assert planning.reviewed == sum(row.is_reviewed for row in expected)
    assert planning.candidates == len(expected) - len(gold)


def night(count: int, score: float, boxes: int) -> Iterator[Prediction]:
    for number in range(count):
        image = Image(f"s3://bucket/images/2026-11-22/{number:09d}.jpg", f"{number:032x}", 30_000)
        seen = tuple(Box(0, "cat", score, 1.0 + n, 2.0, 30.0 + n, 40.0) for n in range(boxes))
        yield Prediction(image, "model-1", 640, 480, seen, perceptual_hash=f"{number:016x}")


def peak(count: int, score: float, boxes: int) -> int:
    planning = Planning(loop="voc", score_threshold=0.5, audit_share=0.0, seed=7)
    tracemalloc.start()
    planning.look(night(count, score, boxes))
    planning.choose()
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size


def test_an_image_that_is_no_candidate_takes_no_memory_and_a_candidate_s_boxes_neither() -> None:
    # In a process of its own: tracemalloc counts what the threads of other tests take too.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        assert alone.submit(peak, 10_000, 0.9, 2).result() < 300_000
        few, many = (alone.submit(peak, 5_000, 0.3, boxes).result() for boxes in (1, 40))
    assert many < 1.1 * few
    assert few < 5_000 * 2_000
