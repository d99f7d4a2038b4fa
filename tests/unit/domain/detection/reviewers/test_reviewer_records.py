import json
from dataclasses import replace
from math import comb, lgamma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.answers import Answer, parse_output
from nightloop.domain.detection.reviewers.gold_comparison import compare, reviewer_records
from nightloop.domain.errors import RowError
from nightloop.domain.identity.pseudonyms import pseudonym
from nightloop.domain.reviewers.records import ReviewerRecord, ReviewerRecords, Weight, beta_below

ANN, BEN = pseudonym("ann"), pseudonym("ben")
OTHERS = (pseudonym("cat"), pseudonym("dan"))


@pytest.mark.parametrize(
    ("drawn", "truth", "expected"),
    [
        ([], [], (0, 0)),
        ([("cat", 0)], [("cat", 0)], (1, 0)),
        ([("cat", 30)], [("cat", 0)], (1, 0)),
        ([("cat", 40)], [("cat", 0)], (0, 2)),  # too far: one missed, one made up
        ([("dog", 0)], [("cat", 0)], (0, 1)),  # found, called something else
        ([], [("cat", 0)], (0, 1)),
        ([("cat", 0)], [], (0, 1)),
        ([("cat", 0), ("cat", 1)], [("cat", 0)], (1, 1)),  # drawn twice
        ([("dog", 0), ("cat", 20)], [("cat", 0), ("dog", 20)], (2, 0)),  # the same class goes before the closest
    ],
)
def test_right_and_wrong_objects(make, drawn, truth, expected) -> None:
    boxes = [[make.box(label, left, 0, 100, 100) for label, left in side] for side in (drawn, truth)]
    found = compare(*boxes)
    assert (found.right, sum(found[1:])) == expected


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0.01, 0.99))
def test_beta_is_a_sum_of_binomials(a, b, x) -> None:
    trials = a + b - 1
    exact = sum(comb(trials, k) * x**k * (1 - x) ** (trials - k) for k in range(a, trials + 1))
    assert beta_below(x, a, b) == pytest.approx(exact, abs=1e-9)


@given(st.floats(1, 50), st.floats(1, 50), st.floats(0.02, 0.98))
def test_beta_of_parts_is_the_area_under_its_density(a, b, x) -> None:
    edges = np.linspace(0, 1, 200_001)
    middle = (edges[1:] + edges[:-1]) / 2
    density = np.exp((a - 1) * np.log(middle) + (b - 1) * np.log1p(-middle) + lgamma(a + b) - lgamma(a) - lgamma(b))
    below = np.clip((x - edges[:-1]) / np.diff(edges), 0, 1)
    assert beta_below(x, a, b) == pytest.approx(float((density * below * np.diff(edges)).sum()), abs=1e-5)


def answers(make, *humans, gold, shown=(), gold_by=OTHERS, **changes) -> Answer:
    review = make.review(gold=tuple(gold), gold_by=gold_by, purpose="gold") if gold is not None else make.review()
    content = {"taskObject": make.uri, "initialValue": list(shown)}
    return parse_output(make.output(*humans, inputContent=content, **changes), review, make.classes)


def test_a_known_image_measures_each_reviewer(make) -> None:
    right, wrong = make.drawn("sofa"), make.drawn("cat")
    answer = answers(
        make,
        make.human(right, workerId="ann", timeSpentInSeconds=10),
        make.human(wrong, workerId="ben", timeSpentInSeconds=4),
        gold=[make.box("sofa")],
        shown=[wrong | {"score": 0.4}],
    )
    first, second = sorted(reviewer_records([answer]), key=lambda evidence: evidence.right, reverse=True)
    perfect = {"sound": 1.0, "sound_squares": 1.0, "found": 1.0, "precise": 1.0}
    assert first == ReviewerRecord(
        ANN, reviews=1, seconds=10, gold=1, right=1, correctable=1, stamped=0, drew=1, **perfect
    )
    counts = {"gold": 1, "right": 0, "mislabelled": 1, "correctable": 1, "stamped": 1, "drew": 1}
    assert second == ReviewerRecord(BEN, reviews=1, seconds=4, **counts)
    assert first.weight > second.weight


def test_nobody_is_measured_by_what_they_made_known(make) -> None:
    humans = [make.human(make.drawn("cat"), workerId=name) for name in ("ann", "ben")]
    made_by_ann = answers(make, *humans, gold=[make.box("sofa")], gold_by=(ANN, pseudonym("dan")))
    measured = {evidence.reviewer: evidence for evidence in reviewer_records([made_by_ann])}
    assert measured[ANN] == ReviewerRecord(ANN, reviews=1, seconds=40.5)
    assert measured[BEN].mislabelled == 1
    made_by_nobody_knows_whom = answers(make, *humans, gold=[make.box("sofa")], gold_by=())
    assert all(evidence.gold == 0 for evidence in reviewer_records([made_by_nobody_knows_whom]))


def test_one_crowded_image_flags_nobody(make) -> None:
    crowd = [make.box("chair", 10 * number, 0, 8, 8) for number in range(40)]
    nothing = answers(make, make.human(workerId="ann"), gold=crowd, shown=[])
    one_each = answers(make, make.human(make.drawn("sofa"), workerId="ann"), gold=[make.box("sofa")], shown=[])
    (evidence,) = ReviewerRecords([*reviewer_records([nothing]), *reviewer_records([one_each] * 5)])
    assert (evidence.missed, evidence.right) == (40, 5)
    assert not evidence.is_careless
    assert evidence.weight.missing > 0.5, "and their boxes still count"
    (careless,) = ReviewerRecords(reviewer_records([nothing] * 12))
    assert careless.is_careless


def test_other_images_count_as_work_only(make) -> None:
    answer = answers(make, make.human(make.drawn("cat"), workerId="ann"), gold=None)
    assert reviewer_records([answer, answer]) == [ReviewerRecord(ANN, reviews=2, seconds=81.0)]


@pytest.mark.parametrize(
    ("drawn", "modified", "stamped"),
    [
        ({}, False, 1),
        ({}, None, 1),
        ({"left": 122}, True, 1),  # nudged by a pixel
        ({"left": 221}, True, 0),
        ({"label": "chair"}, True, 0),
    ],
)
def test_who_only_stamps_what_was_shown(make, drawn, modified, stamped) -> None:
    human = make.human(make.drawn("cat") | drawn)
    human["answerContent"]["annotatedResult"]["initialValueModified"] = modified
    (evidence,) = reviewer_records([answers(make, human, gold=[make.box("sofa")], shown=[make.drawn("cat")])])
    assert (evidence.correctable, evidence.stamped) == (1, stamped)


def test_right_boxes_that_come_back_are_no_stamp(make) -> None:
    human = make.human(make.drawn("sofa"))
    (evidence,) = reviewer_records([answers(make, human, gold=[make.box("sofa")], shown=[make.drawn("sofa")])])
    assert (evidence.correctable, evidence.stamped, evidence.right) == (0, 0, 1)


@pytest.mark.parametrize(
    ("counts", "careless", "stamping"),
    [
        ({}, False, False),
        ({"gold": 40, "sound": 36.7, "sound_squares": 35.0}, False, False),
        ({"gold": 40, "sound": 18.5, "sound_squares": 18.5}, True, False),
        (
            {"gold": 30, "sound": 15.0, "sound_squares": 7.5},
            True,
            False,
        ),  # each half right: surer than half of them right
        ({"gold": 30, "sound": 15.0, "sound_squares": 15.0}, False, False),
        ({"gold": 3, "sound": 0.75, "sound_squares": 0.3}, False, False),  # too few to say
        ({"gold": 20, "sound": 16.0, "sound_squares": 14.0, "correctable": 20, "stamped": 20}, False, True),
        ({"gold": 20, "sound": 16.0, "sound_squares": 14.0, "correctable": 20, "stamped": 6}, False, False),
    ],
)
def test_flags_need_certainty(counts, careless, stamping) -> None:
    evidence = ReviewerRecord(ANN, **counts)
    assert (evidence.is_careless, evidence.is_stamping) == (careless, stamping)


def _evidence(gold, right, stamped, more, *shares) -> ReviewerRecord:
    sums = {name: round(gold * share, 6) for name, share in zip(("sound", "found", "precise"), shares, strict=True)}
    sums["sound_squares"] = sums["sound"]
    return ReviewerRecord(ANN, 1, 1.5, gold, right, correctable=stamped + more, stamped=stamped, drew=gold, **sums)


NONE = {"sound": 0, "sound_squares": 0, "found": 0, "precise": 0}
COUNTS = st.builds(_evidence, *[st.integers(0, 50)] * 4, *[st.floats(0, 1)] * 3)


@given(st.lists(COUNTS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_records_add_up_in_any_order(evidence, random) -> None:
    (total,) = ReviewerRecords(evidence)
    random.shuffle(evidence)
    (shuffled,) = ReviewerRecords(evidence)
    assert replace(shuffled, **NONE) == replace(total, **NONE)
    assert shuffled.quality == pytest.approx(total.quality)
    assert total.right == sum(one.right for one in evidence)
    assert ReviewerRecords(evidence).weigh(ANN) == total.weight >= (0.1, 0.1)
    assert 0 < total.quality < 1
    assert ReviewerRecord.from_json(json.loads(json.dumps(total.to_json()))) == total


@given(COUNTS)
def test_what_each_kind_of_object_does_to_the_weight(evidence) -> None:
    def more(**counts) -> Weight:
        return (evidence + ReviewerRecord(ANN, **counts)).weight

    drawn, missing = evidence.weight
    assert more(gold=1, drew=1, sound=1, found=1, precise=1) >= evidence.weight
    assert more(gold=1, drew=1, sound=0.5, found=1, precise=0).drawn <= drawn
    assert more(gold=1, drew=0, sound=0).missing <= missing


def test_who_was_never_measured_counts_as_usual() -> None:
    assert ReviewerRecords().weigh(ANN) == ReviewerRecords().weigh(None) == ReviewerRecord("").weight


def test_evidence_that_is_none_is_refused() -> None:
    with pytest.raises(RowError, match="has no 'reviews'"):
        ReviewerRecord.from_json({"reviewer": ANN, "seconds": 1.0})
    with pytest.raises(RowError, match="has no 'gold'"):
        ReviewerRecord.from_json({"reviewer": ANN, "seconds": 1.0, "reviews": 1, "sound": 1.0})


def test_evidence_of_known_images_that_anyone_may_have_made_is_work_only() -> None:
    earlier = {"reviewer": ANN, "seconds": 9.0, "reviews": 4, "gold": 3, "right": 9, "missed": 0, "made_up": 0}
    earlier |= {"mislabelled": 0, "correctable": 2, "stamped": 2}
    assert ReviewerRecord.from_json(earlier) == ReviewerRecord(ANN, reviews=4, seconds=9.0)


def test_a_pseudonym_is_stable_and_tells_no_worker_id(make) -> None:
    assert pseudonym("a12b3") == pseudonym("a12b3") != pseudonym("a12b4")
    answer = answers(make, make.human(make.drawn(), workerId="a12b3c4d5"), gold=None)
    assert "a12b3c4d5" not in json.dumps(answer.to_json())
    assert Answer.from_json(answer.to_json()) == answer
