"""What became of a model is said in one word: in the registry, and by the task that is green in the run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from airflow.sdk.exceptions import AirflowSkipException, DownstreamTasksSkipped, TaskDeferred

from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import RequestRefusedError
from nightloop.aws.hooks.registry import ROLLED_BACK, ModelVersion
from nightloop.aws.operators.training import record_approval
from nightloop.aws.operators.training.record_approval import OUTCOMES, RecordApprovalOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import FILES, FOLDER, make_model, register

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


@pytest.fixture
def package(s3, sagemaker):
    return register(sagemaker, make_model(sagemaker, s3, "challenger"), "PendingManualApproval")


def recording(package, **arguments):
    given = {"task_id": "record", "registered": {"package": package, "version": 1}, "verified": {"config": "c"}}
    return RecordApprovalOperator(**given | arguments)


def version_of(sagemaker, package):
    version = sagemaker.packages[package]
    return version["ModelApprovalStatus"], version["CustomerMetadataProperties"]["outcome"]


def test_what_is_templated():
    assert {"config", "registered", "verified"} <= set(RecordApprovalOperator.template_fields)


def test_a_live_model_is_approved_in_the_registry(sagemaker, package):
    expected = {"status": "Approved", "why": "Live with c.", "outcome": "promoted"}
    for _ in range(2):
        assert recording(package).execute(context()) == expected
    assert version_of(sagemaker, package) == ("Approved", "promoted")
    assert sagemaker.packages[package]["ApprovalDescription"] == "Live with c."
    assert sagemaker.packages[package]["CustomerMetadataProperties"]["model"] == "challenger"


def test_a_kept_model_is_rejected_in_the_registry(sagemaker, package):
    task = FakeTask({("gate", "decision"): KEPT})
    recording(package, verified=None, gate_task_id="gate").execute(context(task))
    assert version_of(sagemaker, package) == ("Rejected", "rejected")


def test_a_version_that_a_person_rolled_back_stays_so(sagemaker, package):
    properties = {"outcome": ROLLED_BACK}
    sagemaker.update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Rejected", CustomerMetadataProperties=properties
    )
    assert recording(package).execute(context())["outcome"] == ROLLED_BACK
    assert version_of(sagemaker, package) == ("Rejected", ROLLED_BACK)


def test_where_nothing_was_registered_there_is_nothing_to_record(sagemaker):
    with pytest.raises(AirflowSkipException, match="No model was registered"):
        recording(None, registered=None).execute(context())
    assert sagemaker.calls == []


@pytest.mark.parametrize("verified", ["later", {"config": "later"}])
def test_a_first_model_is_not_approved_where_a_later_one_is_live(sagemaker, package, verified):
    with pytest.raises(AirflowSkipException, match="The endpoint runs later"):
        recording(package, config="first", verified=verified).execute(context())
    assert sagemaker.calls == []
    recording(package, config="later", verified=verified).execute(context())
    assert version_of(sagemaker, package)[0] == "Approved"


def test_what_is_live_is_recorded_while_no_other_run_changes_it(s3, sagemaker, package, monkeypatch):
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda run: run != "training/other")
    EndpointHold.of(ObjectStore(), FILES.holds, FakeTask(dag_id="training", run_id="other")).take()
    with pytest.raises(TaskDeferred) as waiting:
        recording(package, loop_folder=FOLDER).execute(context())
    assert waiting.value.method_name == "take_up"
    assert sagemaker.calls == []
    task = FakeTask({("gate", "decision"): KEPT})
    kept = recording(package, loop_folder=FOLDER, verified=None, gate_task_id="gate").execute(context(task))
    assert kept["status"] == "Rejected"


def test_a_version_that_is_gone_is_named(sagemaker):
    with pytest.raises(RequestRefusedError, match="model-package/voc-models/9 does not exist"):
        recording("arn:aws:sagemaker:us-east-1:123456789012:model-package/voc-models/9").execute(context())
