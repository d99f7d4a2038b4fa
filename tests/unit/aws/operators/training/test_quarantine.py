"""`QuarantineOperator`: what a rolled-back model learned is kept out of training before the endpoint is changed."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred

from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import EndpointChangedError, NightIncompleteError, ObjectMissingError
from nightloop.aws.hooks.registry import ROLLED_BACK
from nightloop.aws.operators.training.quarantine import QuarantineOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import DATA, FILES, line, make_live, make_model, register

KEPT = [line(f"s3://bucket/{number}.png") for number in range(4)]
NEW = [line(f"s3://bucket/{number}.png", job=f"a2i/{number}") for number in (3, 4, 5)]


@pytest.fixture(autouse=True)
def versions(s3, sagemaker):
    good = make_model(sagemaker, s3, "good", lines=KEPT)
    bad = make_model(sagemaker, s3, "bad", parent="good", lines=[*KEPT, *NEW])
    arns = {"good": register(sagemaker, good), "bad": register(sagemaker, bad)}
    make_live(sagemaker, "bad")
    return arns


def quarantine(model="good", live="bad", **arguments):
    target = {"version": 1, "package": "arn", "model": model, "live_model": live, "training_job": "j", "artefact": "a"}
    given = {"task_id": "quarantine", "loop": "voc", "data": DATA, "endpoint_name": "live", "target": target}
    return QuarantineOperator(**given | {"reason": " it sees cats "} | arguments)


def test_what_is_templated():
    assert {"reason", "target"} <= set(QuarantineOperator.template_fields)


def test_what_only_the_rolled_back_model_learned_is_kept_out(s3, sagemaker, versions):
    task = FakeTask()
    result = quarantine().execute(context(task))
    assert result == {"model": "bad", "lines": 3, "uri": FILES.quarantine("bad")}
    held = json.loads(s3.objects[result["uri"]])
    assert (held["model"], held["restored"], held["reason"]) == ("bad", "good", "it sees cats")
    assert [row["job_name"] for row in held["lines"]] == ["a2i/3", "a2i/4", "a2i/5"]
    version = sagemaker.packages[versions["bad"]]
    assert version["ModelApprovalStatus"] == "Rejected"
    assert version["ApprovalDescription"] == "Rolled back to version 1: it sees cats"
    assert version["CustomerMetadataProperties"]["outcome"] == ROLLED_BACK
    assert version["CustomerMetadataProperties"]["model"] == "bad"
    assert sagemaker.packages[versions["good"]]["ModelApprovalStatus"] == "Approved"
    assert task.pushed["s3_output"]["object_key"] == FILES.quarantine("bad").removeprefix("s3://bucket/")
    before = s3.objects
    assert quarantine().execute(context()) == result
    assert s3.objects == before
    assert set(sagemaker.made()) == {"update_model_package"}


def test_a_reason_may_be_missing(s3):
    quarantine(reason=" ").execute(context())
    assert json.loads(s3.objects[FILES.quarantine("bad")])["reason"] == "no reason was given"


def test_an_earlier_release_is_taken_back(s3):
    s3.put(FILES.release("bad"), "{}")
    quarantine().execute(context())
    assert FILES.release("bad") not in s3.objects


def test_after_the_endpoint_was_updated_it_can_be_repeated(s3, sagemaker):
    sagemaker.delete_endpoint(EndpointName="live")
    make_live(sagemaker, "good")
    assert quarantine().execute(context())["lines"] == 3


def test_an_endpoint_that_runs_something_else_by_now_is_told_and_nothing_changed(s3, sagemaker):
    make_model(sagemaker, s3, "third")
    sagemaker.delete_endpoint(EndpointName="live")
    make_live(sagemaker, "third")
    with pytest.raises(EndpointChangedError, match=r"runs third by now, not bad.*version 1"):
        quarantine().execute(context())
    assert sagemaker.made() == []
    assert FILES.quarantine("bad") not in s3.objects


def test_a_later_version_takes_nothing_back(s3, sagemaker):
    sagemaker.delete_endpoint(EndpointName="live")
    make_live(sagemaker, "good")
    with pytest.raises(AirflowSkipException, match="good was not rolled back"):
        quarantine("bad", "good").execute(context())
    assert FILES.quarantine("good") not in s3.objects
    assert sagemaker.made() == []


def test_a_live_model_nobody_registered_has_nothing_to_keep_out(s3, sagemaker):
    make_model(sagemaker, s3, "by-hand")
    sagemaker.delete_endpoint(EndpointName="live")
    make_live(sagemaker, "by-hand")
    with pytest.raises(AirflowSkipException, match="by-hand was not rolled back"):
        quarantine(live="by-hand").execute(context())


def test_it_waits_while_another_run_has_the_endpoint(s3, sagemaker, monkeypatch):
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda run: run != "training/other")
    EndpointHold.of(ObjectStore(), FILES.holds, FakeTask(dag_id="training", run_id="other")).take()
    with pytest.raises(TaskDeferred) as waiting:
        quarantine().execute(context())
    assert waiting.value.method_name == "take_up"
    assert sagemaker.made() == []


def test_it_waits_while_the_endpoint_is_changed(s3, sagemaker):
    sagemaker.endpoints["live"]["EndpointStatus"] = "Updating"
    with pytest.raises(TaskDeferred):
        quarantine().execute(context())
    assert sagemaker.made() == []


@pytest.mark.parametrize(
    ("uri", "raised"),
    [
        (FILES.model("voc-train-bad").origin, ObjectMissingError),
        (FILES.cohort("of-bad").train, NightIncompleteError),
    ],
)
def test_what_is_not_known_of_a_model_is_named_and_nothing_rejected(s3, sagemaker, uri, raised):
    s3.delete_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/"))
    with pytest.raises(raised, match=uri):
        quarantine().execute(context())
    assert sagemaker.made() == []
