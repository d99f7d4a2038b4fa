import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.loop.errors import RowError
from nightloop.loop.evaluation import Evaluation, ModelScore
from nightloop.loop.gate import Decision, decide


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
            {"after": {"cat": 0.0, "dog": 1.0}, "objects": {"cat": 4, "dog": 9}},
            True,
            "None of the 1 classes with at least 5",
        ),
        ({"after": {"cat": 0.0, "dog": 1.0}, "objects": {"cat": 5, "dog": 9}}, False, "cat (5 objects)"),
    ],
)
def test_decision(changes, promote, words) -> None:
    decision = decide(evaluation(**changes), confidence=0.9, max_class_drop=0.3)
    assert decision.promote is promote
    assert words in " ".join(decision.reasons)


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
        assert count < 5 or before - after <= 0.3 + 1e-9
    else:
        assert p_better < confidence or (count >= 5 and before - after > 0.3 - 1e-9)


def test_a_decision_survives_json() -> None:
    decision = decide(evaluation(), confidence=0.9, max_class_drop=0.3)
    assert Decision.from_json(decision.to_json()) == decision
    with pytest.raises(RowError, match="'promote' must be true or false"):
        Decision.from_json({"promote": 1, "reasons": []})
