"""What became of a model is said in one word: in the registry, and by the task that is green in the run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from airflow.sdk.exceptions import DownstreamTasksSkipped

from nightloop.aws.hooks.registry import ROLLED_BACK, ModelVersion
from nightloop.aws.operators.training import record_approval
from nightloop.aws.operators.training.record_approval import OUTCOMES, RecordApprovalOperator

KEPT = {"promote": False, "reasons": ["not sure enough"]}
PASSED = {"promote": True, "reasons": ["sure"]}
APPROVED = {"chosen_options": ["Approve"], "responded_by_user": {"name": "Ann"}}
REFUSED = {"chosen_options": ["Reject"], "responded_by_user": {"name": "Ann"}}
NOBODY = {"chosen_options": ["Reject"], "responded_by_user": None}


class Registry:
    """A registry of one version."""

    def __init__(self, outcome=""):
        metadata = {"model": "m", "outcome": outcome}
        self.version = ModelVersion("arn", 2, "Rejected", "Rolled back", datetime.now(UTC), "i", "a", metadata)
        self.said = None

    def describe(self, arn):
        return self.version

    def set_status(self, arn, status, why, outcome):
        self.said = (status, why, outcome)


class Task(dict):
    """The context of a task, what the tasks before it pushed, and what it pushes itself."""

    def __init__(self, **pushed):
        self.pushed = {
            ("gate", "decision"): pushed.get("decision"),
            ("approve", "answer"): pushed.get("answer"),
            ("promote", "superseded"): pushed.get("superseded"),
            ("promote", "return_value"): pushed.get("promoted", {"config": "c"}),
        }
        super().__init__(ti=self)

    def xcom_pull(self, task_ids, key="return_value"):
        return self.pushed[task_ids, key]

    def xcom_push(self, key, value):
        self.pushed["record", key] = value


def record(monkeypatch, task, verified=None, outcome=""):
    registry, followed = Registry(outcome), []
    monkeypatch.setattr(record_approval, "RegistryHook", lambda *_, **__: registry)

    def do_branch(_self, _context, name):
        """As in a running Airflow: what `execute` would return after it is lost."""
        followed.append(name)
        raise DownstreamTasksSkipped(tasks=[])

    monkeypatch.setattr(RecordApprovalOperator, "do_branch", do_branch)
    operator = RecordApprovalOperator(
        task_id="record",
        registered={"package": "arn", "version": 2},
        verified=verified,
        gate_task_id="gate",
        approval_task_id="approve",
        promote_task_id="promote",
        show_outcome=True,
    )
    with pytest.raises(DownstreamTasksSkipped):
        operator.execute(task)
    recorded = task.xcom_pull("record")
    assert len(followed) == 1
    assert followed[0] in OUTCOMES
    if registry.said:
        assert registry.said == (recorded["status"], recorded["why"], recorded["outcome"])
    return recorded, followed[0]


@pytest.mark.parametrize(
    ("pushed", "verified", "status", "outcome", "words"),
    [
        ({"decision": PASSED}, {"config": "c"}, "Approved", "promoted", "Live with c."),
        ({"decision": PASSED, "answer": APPROVED}, {"config": "c"}, "Approved", "promoted", "Approved by Ann."),
        ({"decision": KEPT}, None, "Rejected", "rejected", "The gate kept it: not sure enough"),
        ({"decision": KEPT | {"decided": False}}, None, "Rejected", "undecided", "The gate kept it"),
        ({"decision": PASSED, "answer": REFUSED}, None, "Rejected", "rejected", "Rejected by Ann."),
        ({"decision": PASSED, "answer": NOBODY}, None, "Rejected", "rejected", "Nobody answered in time"),
        ({"decision": PASSED, "superseded": "m is late."}, None, "Rejected", "superseded", "Superseded: m is late."),
        (
            {"decision": PASSED, "promoted": {}},
            None,
            "Rejected",
            "rejected",
            "It was not promoted: the task that failed",
        ),
        ({"decision": PASSED}, None, "Rejected", "rejected", "The endpoint did not take it"),
    ],
)
def test_what_became_of_it(monkeypatch, *, pushed, verified, status, outcome, words):
    recorded, followed = record(monkeypatch, Task(**pushed), verified)
    assert (recorded["status"], recorded["outcome"], followed) == (status, outcome, outcome)
    assert words in recorded["why"]


def test_a_roll_back_is_not_undone_by_clearing_the_task(monkeypatch):
    recorded, followed = record(monkeypatch, Task(decision=PASSED), {"config": "c"}, outcome=ROLLED_BACK)
    assert recorded == {"status": "Rejected", "why": "Rolled back", "outcome": ROLLED_BACK}
    assert followed == "rejected"
