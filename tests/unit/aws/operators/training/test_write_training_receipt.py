"""`WriteTrainingReceiptOperator`: a training's receipt is written once, beside the decision."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.operators.training.write_training_receipt import WriteTrainingReceiptOperator
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import EVALUATED

COUNTS = {
    "lines": 7,
    "train_lines": 6,
    "validation_lines": 1,
    "new_lines": 3,
    "replaced": 1,
    "excluded": 2,
    "negatives_left_out": 4,
    "quarantined": 5,
}
FILES = {part: f"s3://bucket/c1/{part}.manifest" for part in ("train", "validation", "holdout")}
PARENT = {"parent_model": "champion", "parent_artefact": "s3://bucket/m"}
RECORDED = {"status": "Approved", "why": "Live with c.", "outcome": "promoted"}
GIVEN = {
    "loop": "voc",
    "cohort": {"cohort": "c1", **FILES, **PARENT, "copies_left_out": 2, **COUNTS},
    "trained": {"training_job": "job", "artefact": "s3://bucket/m", "metrics": {"mAP": 0.5}, "billable_seconds": 61},
    "evaluation": EVALUATED,
    "decision": {"uri": "s3://bucket/e/gates/d/gate.json", "verdict": "promote", "promote": True, "reasons": ["r"]},
    "verified": {"config": "config", "compared": 3},
    "registered": {"package": "arn", "version": 4},
    "recorded": RECORDED,
}
URI = "s3://bucket/e/gates/d/receipt.json"


def receipt(task=None, **arguments):
    operator = WriteTrainingReceiptOperator(task_id="receipt", **GIVEN | arguments)
    return operator.execute(context(task or FakeTask()))


def test_what_is_templated():
    wanted = {"cohort", "decision", "evaluation", "recorded", "registered", "trained", "verified"}
    assert wanted <= set(WriteTrainingReceiptOperator.template_fields)


def test_it_says_what_the_training_did(s3):
    task = FakeTask()
    told = receipt(task)
    assert told == {
        "loop": "voc",
        "cohort": "c1",
        "counts": COUNTS | {"copies_left_out": 2, "learned_before": 0},
        "copies": [],
        "parent_model": "champion",
        "training_job": "job",
        "metrics": {"mAP": 0.5},
        "billable_seconds": 61,
        "evaluation": GIVEN["evaluation"],
        "verdict": "promote",
        "decision": GIVEN["decision"],
        "model_version": 4,
        "approval": RECORDED,
        "promoted": True,
        "endpoint_config": "config",
    }
    assert json.loads(s3.objects[URI]) == told
    assert task.pushed["s3_output"]["object_key"] == "e/gates/d/receipt.json"


def test_a_second_try_finds_the_first_one_s(s3):
    first, before = receipt(), s3.objects
    assert receipt(recorded=RECORDED | {"status": "Rejected"}) == first
    assert s3.objects == before


def test_a_model_that_stayed_behind_is_not_promoted(s3):
    told = receipt(verified=None)
    assert (told["promoted"], told["endpoint_config"]) == (False, None)


def test_the_first_copies_are_named(s3):
    rows = [{"uri": f"s3://bucket/{number}"} for number in range(25)]
    s3.put("s3://bucket/copies.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert receipt(cohort=GIVEN["cohort"] | {"copies": "s3://bucket/copies.jsonl"})["copies"] == rows[:20]


def test_a_list_of_copies_that_is_gone_is_named_and_nothing_written(s3):
    with pytest.raises(NightIncompleteError, match=r"copies\.jsonl"):
        receipt(cohort=GIVEN["cohort"] | {"copies": "s3://bucket/copies.jsonl"})
    assert s3.objects == {}
