from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.evaluation import Evaluation, ModelScore
from nightloop.domain.detection.evaluation.gate import Decision, decide
from nightloop.domain.errors import RowError


def evaluation(p_better: float = 0.95, before=None, after=None, objects=None) -> Evaluation:
    before, after = before or {"cat": 0.5, "dog": 0.5}, after or {"cat": 0.6, "dog": 0.6}
    old, new = (
        ModelScore(name, sum(values.values()) / len(values), values)
        for name, values in (("old", before), ("new", after))
    )
    return Evaluation(
        images=50,
        objects=objects or {"cat": 12, "dog": 9},
        champion=old,
        challenger=new,
        difference=new.mean - old.mean,
        p_better=p_better,
        interval=(0.01, 0.19),
        rounds=1000,
        seed=1,
    )


@pytest.mark.parametrize(
    ("changes", "promote", "words"),
    [
        ({}, True, "better with probability 0.950, reaching the 0.900 asked for"),
        ({"p_better": 0.9}, True, "reaching the 0.900"),
        ({"p_better": 0.899}, False, "better with probability 0.899, below the 0.900 asked for"),
        ({"after": {"cat": 0.2, "dog": 1.0}}, True, "None of the 2 classes"),  # by just what is allowed
        ({"before": {"cat": 0.8, "dog": 0.1}, "after": {"cat": 0.5, "dog": 0.9}}, True, "None of the 2"),  # 0.8 - 0.5
        (
            {"after": {"cat": 0.19, "dog": 1.0}},
            False,
            "cat (12 objects) falls from 0.500 to 0.190, by 0.310: more than the 0.300 allowed.",
        ),
        # Too few objects to say anything about the class.
        (
            {"after": {"cat": 0.1, "dog": 1.0}, "objects": {"cat": 4, "dog": 9}},
            True,
            "None of the 1 classes with at least 5",
        ),
        # The draws say better, the figures do not.
        (
            {"after": {"cat": 0.4, "dog": 0.6}},
            False,
            "probability 0.950, which reaches the 0.900 asked for, but not by its figures, which are no higher",
        ),
        ({"after": {"cat": 0.0, "dog": 1.0}, "objects": {"cat": 5, "dog": 9}}, False, "cat (5 objects)"),
    ],
)
def test_decision(changes, promote, words) -> None:
    decision = decide(evaluation(**changes), confidence=0.9, max_class_drop=0.3)
    assert (decision.promote, decision.decided) == (promote, True)
    assert decision.verdict == ("promote" if promote else "keep")
    assert words in " ".join(decision.reasons)


@pytest.mark.parametrize(
    ("images", "groups", "objects", "words"),
    [
        (29, None, None, "The holdout has 29 images; 30 are needed to decide."),
        (1, 1, {"cat": 1}, "The holdout has 1 images; 30 are needed to decide."),
        (90, 9, None, "The holdout's 90 images show 9 scenes; 10 are needed to decide"),
        (50, None, {"cat": 4, "dog": 4}, "No class of the holdout has 5 objects (the most is 4)"),
    ],
)
def test_a_holdout_that_is_too_small_decides_nothing(images, groups, objects, words) -> None:
    """However much better the new model looks, and however much worse."""
    for p_better, after in ((1.0, {"cat": 1.0, "dog": 1.0}), (0.0, {"cat": 0.0, "dog": 0.0})):
        found = replace(evaluation(p_better, after=after, objects=objects), images=images, groups=groups)
        decision = decide(found, confidence=0.9, max_class_drop=0.3)
        assert (decision.promote, decision.decided, decision.verdict) == (False, False, "cannot decide")
        assert words in " ".join(decision.reasons)
        assert "mAP@0.5 goes from 0.500 to" in decision.reasons[-1]
        assert Decision.from_json(decision.to_json()) == decision


def test_just_enough_decides() -> None:
    found = replace(evaluation(objects={"cat": 5}), images=30, groups=10)
    decision = decide(found, confidence=0.9, max_class_drop=0.3)
    assert decision.verdict == "promote"
    assert "on 30 images of 10 scenes" in decision.reasons[0]
    assert decide(found, confidence=0.9, max_class_drop=0.3, min_holdout_images=31).verdict == "cannot decide"


def test_every_reason_is_a_sentence_with_numbers() -> None:
    decision = decide(evaluation(0.2, after={"cat": 0.0, "dog": 0.1}), confidence=0.9, max_class_drop=0.3)
    assert len(decision.reasons) == 3
    assert decision.reasons[0] == (
        "mAP@0.5 goes from 0.500 to 0.050 on 50 images (difference -0.450, 95 % interval +0.010 to +0.190); the"
        " challenger is better with probability 0.200, below the 0.900 asked for."
    )
    for reason in decision.reasons:
        assert reason.endswith(".")
        assert any(letter.isdigit() for letter in reason)


SHARE = st.floats(0, 1)


@given(SHARE, SHARE, SHARE, SHARE, st.integers(1, 20))
def test_a_worse_model_is_never_promoted(p_better, confidence, before, after, count) -> None:
    result = evaluation(p_better, {"cat": before}, {"cat": after}, {"cat": count})
    decision = decide(result, confidence=confidence, max_class_drop=0.3)
    if decision.promote:
        assert p_better >= confidence
        assert after - before > 0
    elif decision.decided:
        assert p_better < confidence or after <= before
    assert decision.decided == (count >= 5)


def test_a_decision_survives_json() -> None:
    decision = decide(evaluation(), confidence=0.9, max_class_drop=0.3)
    assert Decision.from_json(decision.to_json()) == decision
    assert Decision.from_json({"promote": True, "reasons": ["of before"]}).decided
    with pytest.raises(RowError, match="'promote' must be true or false"):
        Decision.from_json({"promote": 1, "reasons": []})
