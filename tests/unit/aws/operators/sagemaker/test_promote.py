"""What `PromoteOperator` looks at before it updates an endpoint, and what if somebody else comes in between."""

from __future__ import annotations

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.clients import throttle
from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.errors import (
    CapacityError,
    EndpointBusyError,
    EndpointConfigMissingError,
    EndpointFailedError,
    EndpointHeldError,
    SupersededError,
)
from nightloop.aws.operators.sagemaker import promote
from nightloop.aws.operators.sagemaker.promote import SUPERSEDED, PromoteOperator
from nightloop.aws.resources.serving import ServingSettings

SERVING = ServingSettings(loop="voc", endpoint_name="live", image="i", role_arn="r")
OLD, NEW = SERVING.config_name("champion"), SERVING.config_name("challenger")


class SageMaker:
    """One endpoint; `script` names what DescribeEndpoint answers, one after the other, the last one for good."""

    def __init__(self, *script):
        self.script, self.updates, self.made = list(script), [], []
        self.configs = {OLD: "champion", NEW: "challenger", SERVING.config_name("other"): "other"}

    def describe_endpoint(self, name):
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return {"EndpointName": name, "ProductionVariants": [{"VariantName": "AllTraffic"}], **answer}

    def variants_of_config(self, config):
        if config not in self.configs:
            raise EndpointConfigMissingError(config)
        return [{"ModelName": self.configs[config], "InitialInstanceCount": 1}]

    def create_endpoint_config(self, request):
        self.made.append(request["EndpointConfigName"])
        return True

    def update_endpoint(self, request):
        self.updates.append(request)
        self.script = [in_service(NEW)]


class Hold:
    """A hold that is lost at a given check."""

    def __init__(self, lost=False):
        self.lost = lost

    def check(self):
        if self.lost:
            raise EndpointHeldError("lost")


class Task:
    id = "1"

    def __init__(self):
        self.pushed = {}

    def xcom_push(self, key, value):
        self.pushed[key] = value


def in_service(config, **more):
    return {"EndpointStatus": "InService", "EndpointConfigName": config, **more}


def updating(config, pending, status="Updating"):
    summary = {"PendingDeploymentSummary": {"EndpointConfigName": pending}} if pending else {}
    return {"EndpointStatus": status, "EndpointConfigName": config, **summary}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(promote, "repeated", lambda function: throttle.repeated(function, tries=1))


def operator(monkeypatch, sagemaker, hold=None, **arguments):
    made = PromoteOperator(
        task_id="promote", serving=SERVING, model="challenger", deferrable=False, poll_seconds=0, **arguments
    )
    made.__dict__["sagemaker"] = sagemaker
    monkeypatch.setattr(PromoteOperator, "link", lambda *_: None)
    monkeypatch.setattr(PromoteOperator, "take_endpoint", lambda *_: hold or Hold())
    monkeypatch.setattr(PromoteOperator, "_alarms", lambda *_: [])
    return made


def run(made):
    task = Task()
    return made.execute({"ti": task}), task


def test_it_replaces_what_it_was_compared_with(monkeypatch):
    sagemaker = SageMaker(in_service(OLD))
    result, _ = run(operator(monkeypatch, sagemaker, champion="champion"))
    assert result == {"config": NEW}
    assert [request["EndpointConfigName"] for request in sagemaker.updates] == [NEW]


def test_it_replaces_nothing_else(monkeypatch):
    sagemaker, task = SageMaker(in_service(SERVING.config_name("other"))), Task()
    made = operator(monkeypatch, sagemaker, champion="champion")
    with pytest.raises(SupersededError, match="Superseded: challenger was to take the place of champion") as caught:
        made.execute({"ti": task})
    assert (sagemaker.updates, sagemaker.made) == ([], [])
    assert task.pushed[SUPERSEDED].endswith("and the endpoint runs other by now.")
    assert RETRY_POLICY.evaluate(caught.value, 1, 3).action is RetryAction.FAIL


def test_what_runs_already_is_left_to_itself_whoever_was_champion(monkeypatch):
    sagemaker = SageMaker(in_service(NEW))
    run(operator(monkeypatch, sagemaker, champion="somebody"))
    assert (sagemaker.updates, sagemaker.made) == ([], [])


def test_its_own_model_under_another_configuration_is_updated(monkeypatch):
    """The number of machines in the loop's file was changed."""
    sagemaker = SageMaker(in_service("voc-config-before"))
    sagemaker.configs["voc-config-before"] = "challenger"
    run(operator(monkeypatch, sagemaker, champion="champion"))
    assert len(sagemaker.updates) == 1


def test_an_update_that_is_on_its_way_is_adopted(monkeypatch):
    sagemaker = SageMaker(*[updating(OLD, NEW)] * 5, in_service(NEW))
    run(operator(monkeypatch, sagemaker, champion="champion"))
    assert sagemaker.updates == []


@pytest.mark.parametrize("moved", [in_service("voc-config-x"), updating(OLD, "voc-config-x")], ids=["config", "status"])
def test_somebody_who_comes_between_the_look_and_the_call(monkeypatch, moved):
    sagemaker = SageMaker(*[in_service(OLD)] * 4, moved)
    with pytest.raises(EndpointBusyError, match="Somebody else changes endpoint live"):
        run(operator(monkeypatch, sagemaker, champion="champion"))
    assert sagemaker.updates == []


def test_an_attempt_that_has_lost_its_hold_updates_nothing(monkeypatch):
    sagemaker = SageMaker(in_service(OLD))
    with pytest.raises(EndpointHeldError):
        run(operator(monkeypatch, sagemaker, Hold(lost=True), champion="champion"))
    assert sagemaker.updates == []


@pytest.mark.parametrize("status", ["Updating", "SystemUpdating", "RollingBack", "Creating", "Deleting"])
def test_an_endpoint_that_somebody_else_changes_is_waited_for_without_a_worker(monkeypatch, status):
    made = operator(monkeypatch, SageMaker(updating(OLD, None, status)), champion="champion")
    made.deferrable, made.poll_seconds = True, 1
    with pytest.raises(TaskDeferred) as deferred:
        run(made)
    assert deferred.value.method_name == "take_up"
    made.__dict__["sagemaker"] = sagemaker = SageMaker(in_service(OLD))
    with pytest.raises(TaskDeferred) as deferred:
        made.take_up({"ti": Task()}, event={})
    assert deferred.value.method_name == "execute_complete"
    assert len(sagemaker.updates) == 1


def test_a_failed_endpoint_is_not_waited_for(monkeypatch):
    sagemaker = SageMaker({"EndpointStatus": "Failed", "EndpointConfigName": OLD, "FailureReason": "no ping"})
    with pytest.raises(EndpointFailedError, match="no ping"):
        run(operator(monkeypatch, sagemaker))
    assert sagemaker.updates == []


def test_a_configuration_that_is_gone_is_named(monkeypatch):
    with pytest.raises(EndpointConfigMissingError):
        run(operator(monkeypatch, SageMaker(in_service("voc-config-deleted"))))


NO_MACHINES = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."


@pytest.mark.parametrize(
    ("after", "raised"),
    [
        (in_service(OLD, FailureReason=NO_MACHINES), CapacityError),
        (in_service(OLD, FailureReason="did not pass the ping health check"), None),
        (in_service(NEW, FailureReason=NO_MACHINES), None),
    ],
    ids=["no machines", "its own fault", "it took"],
)
def test_no_machines_are_told_from_a_model_that_does_not_serve(monkeypatch, after, raised):
    made = operator(monkeypatch, SageMaker(after))
    event = {"status": "success", "ended": {"name": "live", "result": {"config": NEW}}}
    if raised is None:
        assert made.execute_complete({}, event) == {"config": NEW}
        return
    with pytest.raises(raised, match="the old model serves on") as caught:
        made.execute_complete({}, event)
    assert RETRY_POLICY.evaluate(caught.value, 1, 3).action is RetryAction.RETRY
