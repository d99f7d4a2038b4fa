"""`GateOperator`: a decision is written down once for its limits, and followed."""

from __future__ import annotations

import json

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import DownstreamTasksSkipped

from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.operators.training.gate import DECISION, GateOperator
from nightloop.domain.detection.evaluation import Evaluation
from nightloop.domain.detection.evaluation.model_score import ModelScore
from nightloop.domain.identity import naming
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import EVALUATED

URI = EVALUATED["uri"]
LIMITS = {"confidence": 0.95, "max_class_drop": 0.1, "min_class_objects": 5, "min_holdout_images": 30}


def evaluation(s3, **changes):
    values = {"images": 40, "objects": {"cat": 50}, "p_better": 0.99, "difference": 0.2} | changes
    made = Evaluation(
        **values,
        champion=ModelScore("champion", 0.5, {"cat": 0.5}),
        challenger=ModelScore("challenger", 0.7, {"cat": 0.7}),
        interval=(0.1, 0.3),
        rounds=10,
        seed=1,
    )
    s3.put(URI, json.dumps(made.to_json()))


def decide(limits=LIMITS, **arguments):
    """Execute the gate; return the tasks it skips and what it pushed."""
    task = FakeTask(task_id="gate")
    with DAG("training"):
        gate = GateOperator(
            task_id="gate",
            evaluation=EVALUATED,
            promote_task_id="promote",
            keep_task_id="keep",
            **limits | arguments,
        )
        gate >> [EmptyOperator(task_id="promote"), EmptyOperator(task_id="keep")]
    task.task = gate
    with pytest.raises(DownstreamTasksSkipped) as skipped:
        gate.execute(context(task))
    return [str(one[0] if isinstance(one, tuple) else one) for one in skipped.value.tasks], task.pushed


def test_what_is_templated():
    assert "evaluation" in GateOperator.template_fields


def test_a_better_model_goes_on(s3):
    evaluation(s3)
    skipped, pushed = decide()
    assert skipped == ["keep"]
    decision = pushed[DECISION]
    assert (decision["promote"], decision["decided"], decision["verdict"]) == (True, True, "promote")
    assert decision["uri"] == f"s3://bucket/e/gates/{naming.decision_digest(**LIMITS)}/gate.json"
    assert decision["limits"] == LIMITS
    assert decision["holdout"] == {"images": 40, "groups": 40, "objects": {"cat": 50}}
    assert decision["figures"]["challenger"] == {"average_precision": 0.7}
    assert pushed["s3_output"]["object_key"] == decision["uri"].removeprefix("s3://bucket/")


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"p_better": 0.94}, "keep", "below the 0.950 asked for"),
        ({"images": 29}, "cannot decide", "30 are needed"),
        ({"objects": {"cat": 4}}, "cannot decide", "No class of the holdout has 5 objects"),
    ],
)
def test_any_other_keeps_the_live_one(s3, changes, verdict, words):
    evaluation(s3, **changes)
    skipped, pushed = decide()
    assert skipped == ["promote"]
    assert (pushed[DECISION]["promote"], pushed[DECISION]["verdict"]) == (False, verdict)
    assert any(words in reason for reason in pushed[DECISION]["reasons"])


def test_a_decision_is_made_once(s3):
    evaluation(s3)
    first = decide()
    before = s3.objects
    assert decide() == first
    assert s3.objects == before
    evaluation(s3, p_better=0.1)
    assert decide() == first
    s3.delete_object(Bucket="bucket", Key="e/evaluation.json")
    assert decide() == first


def test_other_limits_make_another_decision(s3):
    evaluation(s3, p_better=0.94)
    kept, promoted = decide()[1][DECISION], decide(confidence=0.9)[1][DECISION]
    assert (kept["promote"], promoted["promote"]) == (False, True)
    assert kept["uri"] != promoted["uri"]


def test_of_two_at_once_the_first_decision_counts(s3):
    evaluation(s3)
    uri = f"s3://bucket/e/gates/{naming.decision_digest(**LIMITS)}/gate.json"
    other = {"promote": False, "decided": True, "verdict": "keep", "reasons": ["the other's"]}
    s3.before("put_object", lambda: s3.put(uri, json.dumps(other)))
    skipped, pushed = decide()
    assert skipped == ["promote"]
    assert pushed[DECISION] == {"uri": uri, **other}


def test_an_evaluation_that_is_gone_is_named(s3):
    gate = GateOperator(task_id="g", evaluation=EVALUATED, promote_task_id="p", keep_task_id="k", **LIMITS)
    with pytest.raises(ObjectMissingError, match=URI):
        gate.execute(context())
    assert s3.objects == {}
