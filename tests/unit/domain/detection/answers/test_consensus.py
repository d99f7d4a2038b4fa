import re
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.answers.consensus import merge, undecided, without_twins
from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.errors import AnswerError
from nightloop.domain.reviewers.records import Weight


def edges(box: Box) -> tuple[float, float, float, float]:
    return (box.left, box.top, box.width, box.height)


def test_one_reviewer_is_taken_as_is(make) -> None:
    drawn = [make.box("sofa"), make.box("cat", 1, 2, 3, 4)]
    boxes, agreement, _ = merge([drawn])
    assert [edges(box) for box in boxes] == [edges(box) for box in drawn]
    assert {box.score for box in boxes} == {1.0}
    assert agreement == 1.0


@pytest.mark.parametrize("reviewers", [1, 2, 3])
def test_all_saying_there_is_nothing_agree(reviewers: int) -> None:
    assert merge([[]] * reviewers) == ((), 1.0, ())


def test_nobody_is_refused() -> None:
    with pytest.raises(AnswerError, match="no answer"):
        merge([])


CASES = [
    # (boxes of each reviewer: label and left edge of a 100 x 100 box) -> (label, left, share of reviewers), agreement
    ("two agree", [[("cat", 0)], [("cat", 20)]], [("cat", 10, 1.0)], 1.0),
    ("two disagree on the place", [[("cat", 0)], [("cat", 60)]], [], 0.0),
    ("two disagree on the class", [[("cat", 0)], [("dog", 0)]], [], 0.0),
    ("one of two saw nothing", [[("cat", 0)], []], [], 0.0),
    ("two of three", [[("cat", 0)], [("cat", 10)], []], [("cat", 5, 2 / 3)], 1 / 3),
    ("one of three", [[("cat", 0)], [], []], [], 1 / 3),
    ("the class most say", [[("cat", 0)], [("dog", 0)], [("cat", 0)]], [("cat", 0, 2 / 3)], 1 / 3),
    ("all three", [[("cat", 0)], [("cat", 3)], [("cat", 6)]], [("cat", 3, 1.0)], 1.0),
    ("an IoU just above one half", [[("cat", 0)], [("cat", 33)]], [("cat", 16.5, 1.0)], 1.0),
    ("an IoU just below one half", [[("cat", 0)], [("cat", 34)]], [], 0.0),
    # 0 and 50 do not overlap enough: the closer pair is the object, the third stands alone.
    ("a chain", [[("cat", 0)], [("cat", 20)], [("cat", 50)]], [("cat", 10, 2 / 3)], 1 / 3),
    # Both pairs overlap alike: the place decides, never the order of the reviewers.
    ("a chain of equal links", [[("cat", 0)], [("cat", 20)], [("cat", 40)]], [("cat", 10, 2 / 3)], 1 / 3),
    (
        "neighbours stay apart",
        [[("cat", 0), ("cat", 30)], [("cat", 30), ("cat", 0)]],
        [("cat", 0, 1), ("cat", 30, 1)],
        1.0,
    ),
    ("one drew it twice", [[("cat", 0), ("cat", 1)], [("cat", 0)]], [("cat", 0, 1.0)], 1.0),
]


@pytest.mark.parametrize(
    ("drawn", "expected", "agreement"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_consensus(make, drawn, expected, agreement) -> None:
    answers = [[make.box(label, left, 0, 100, 100) for label, left in boxes] for boxes in drawn]
    for order in permutations(answers):
        boxes, share, _ = merge(order)
        assert [box.label for box in boxes] == [label for label, _, _ in expected]
        assert [box.left for box in boxes] == pytest.approx([left for _, left, _ in expected])
        assert [box.score for box in boxes] == pytest.approx([score for _, _, score in expected])
        assert share == pytest.approx(agreement)


def test_the_documented_example_of_three_reviewers(make) -> None:
    one = [make.box("sofa", 121, 214, 378, 282), make.box("chair", 562, 274, 120, 226)]
    two = [
        make.box("sofa", 118, 210, 385, 290),
        make.box("chair", 560, 270, 125, 232),
        make.box("pottedplant", 8, 12, 70, 55),
    ]
    three = [make.box("sofa", 125, 220, 370, 275)]
    boxes, agreement, _ = merge([one, two, three])
    chair, sofa = boxes
    assert edges(sofa) == pytest.approx((364 / 3, 644 / 3, 1133 / 3, 847 / 3))
    assert edges(chair) == (561, 272, 122.5, 229)
    assert (chair.score, sofa.score) == (2 / 3, 1.0)
    assert agreement == pytest.approx((4 / 5 + 2 / 3 + 2 / 4) / 3)


EDGE = st.integers(0, 60)
DRAWN = st.builds(
    lambda label, left, top, width, height: Box(label, "ab"[label], None, left, top, width + 1.0, height + 1.0),
    st.integers(0, 1),
    EDGE.map(lambda edge: edge / 7),
    EDGE.map(lambda edge: edge / 7),
    EDGE,
    EDGE,
)
ANSWERS = st.lists(st.lists(DRAWN, max_size=4), min_size=1, max_size=3)


@given(ANSWERS)
def test_what_holds_for_any_answers(answers) -> None:
    boxes, agreement, _ = merge(answers)
    assert 0 <= agreement <= 1
    assert len(boxes) <= max(len(drawn) for drawn in answers)
    for box in boxes:
        assert box.score is not None
        assert 0.5 < box.score <= 1
        alike = [other for drawn in answers for other in drawn if other.class_id == box.class_id]
        assert min(other.left for other in alike) <= box.left <= max(other.left for other in alike)
        assert min(other.height for other in alike) <= box.height <= max(other.height for other in alike)


@given(ANSWERS.filter(lambda answers: len(answers) > 1))
def test_the_order_of_the_reviewers_does_not_matter(answers) -> None:
    assert len({repr(merge(order)) for order in permutations(answers)}) == 1


@given(st.lists(DRAWN, max_size=4, unique=True), st.integers(2, 3))
def test_reviewers_who_say_the_same_agree_fully(drawn, reviewers) -> None:
    boxes, agreement, _ = merge([drawn] * reviewers)
    assert agreement == 1.0
    places = [sorted((box.class_id, *edges(box)) for box in side) for side in (boxes, without_twins(drawn))]
    assert np.array(places[0]) == pytest.approx(np.array(places[1]))


def drawn_by(make, *reviewers):
    return [[make.box(label, left, 0, 100, 100) for label, left in boxes] for boxes in reviewers]


@pytest.mark.parametrize(
    ("shift", "objects"),
    [(0, 1), (1, 1), (11, 1), (12, 2), (60, 2)],  # an IoU of 89 / 111 is still one object's, 88 / 112 is not
)
def test_an_object_drawn_twice_by_one_reviewer_is_one(make, shift, objects) -> None:
    ((one,),) = drawn_by(make, [("cat", 0)])
    (twice,) = drawn_by(make, [("cat", 0), ("cat", shift)])
    assert len(merge([twice]).boxes) == objects
    if objects == 1:
        assert merge([twice]) == merge([[one]])
        assert merge([twice, [one]]) == merge([[one], [one]])
        assert undecided([twice, [one]]) is None


def test_two_classes_at_one_place_are_no_twins(make) -> None:
    (both,) = drawn_by(make, [("cat", 0), ("dog", 0)])
    assert len(without_twins(both)) == 2


CAT, OTHER, FAR, DOG, HORSE = ("cat", 0), ("cat", 60), ("cat", 300), ("dog", 0), ("horse", 0)


@pytest.mark.parametrize(
    "reviewers",
    [
        [[CAT], []],
        [[CAT], [FAR]],
        [[CAT], [DOG]],
        [[CAT], [OTHER]],
        [[CAT], [DOG], [HORSE]],
        [[CAT], [FAR], [("cat", 600)]],
        [[CAT], [], []],
        [[CAT, FAR], []],
    ],
)
def test_nothing_that_remains_is_not_nothing_there(make, reviewers) -> None:
    for order in permutations(drawn_by(make, *reviewers)):
        assert merge(order).boxes == ()
        assert undecided(order) == "the reviewers disagree: nothing remains of what was drawn"


@pytest.mark.parametrize(
    ("reviewers", "place"),
    [
        ([[FAR, CAT], [FAR]], "cat at 0, 0"),
        ([[FAR, CAT], [FAR, DOG]], "(cat|dog) at 0, 0"),
        ([[FAR, CAT], [FAR, DOG], [FAR, HORSE]], "(cat|dog|horse) at 0, 0"),
        ([[FAR, CAT], [FAR, OTHER], [FAR]], "cat at (0|60), 0"),
    ],
)
def test_a_place_that_most_drew_at_is_open_when_nothing_is_kept_there(make, reviewers, place) -> None:
    for order in permutations(drawn_by(make, *reviewers)):
        assert [box.left for box in merge(order).boxes] == [300]
        assert re.fullmatch(f"the reviewers disagree about {place}", undecided(order) or "")


@pytest.mark.parametrize(
    "reviewers",
    [
        [[]],
        [[], []],
        [[CAT]],
        [[CAT], [CAT]],
        [[CAT], [CAT], []],
        [[CAT], [CAT], [DOG]],
        [[CAT], [("cat", 20)], [("cat", 50)]],
        [[FAR, CAT], [FAR], [FAR]],
        [[CAT], [], [], []],
        [[CAT], [], [], [], [], []],
    ],
)
def test_what_most_say_is_decided(make, reviewers) -> None:
    assert undecided(drawn_by(make, *reviewers)) is None


def test_weights_decide_what_numbers_leave_open(make) -> None:
    split, empty = drawn_by(make, [CAT], [FAR]), drawn_by(make, [CAT], [])
    assert undecided(split, [3.0, 1.0]) is None
    assert undecided(empty, [1.0, 3.0]) is None, "a box of little weight does not outweigh an empty image"
    assert undecided(empty, [1.0, 2.0]) is not None
    even = drawn_by(make, [CAT], [DOG])
    assert undecided(even, [Weight(2, 1), Weight(2, 1)]) == "the reviewers disagree about dog at 0, 0"
    assert undecided(even, [Weight(3, 1), Weight(2, 1)]) is None


@given(ANSWERS)
def test_an_image_is_empty_only_when_nearly_all_say_so(answers) -> None:
    drew = sum(bool(drawn) for drawn in answers)
    if not merge(answers).boxes and undecided(answers) is None:
        assert drew == 0
    assert (undecided(answers[::-1]) is None) == (undecided(answers) is None)
