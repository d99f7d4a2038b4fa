"""`PromoteOperator` over the real hooks: what it asks SageMaker and CloudWatch for, and what it leaves alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.clients import throttle
from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import (
    AlarmOnError,
    CapacityError,
    EndpointBusyError,
    EndpointHeldError,
    EndpointMissingError,
    EndpointVariantsError,
    ServiceFaultError,
    SupersededError,
)
from nightloop.aws.operators.sagemaker import promote as promote_module
from nightloop.aws.operators.sagemaker.promote import SUPERSEDED, PromoteOperator
from nightloop.aws.resources.deployment import PromotionSettings
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import Alarm
from nightloop.domain.identity import naming
from nightloop.domain.lineage.quarantine import Quarantine
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import DATA, FILES, SERVING, line, make_live, make_model, register

WATCHED = replace(SERVING, promotion=PromotionSettings(alarms=(Alarm(metric="Invocation5XXErrors", threshold=0.0),)))
NEW = SERVING.config_name("challenger")


@pytest.fixture(autouse=True)
def one_try(monkeypatch):
    monkeypatch.setattr(promote_module, "repeated", lambda function: throttle.repeated(function, tries=1))


@pytest.fixture(autouse=True)
def old(s3, sagemaker, alarms):
    make_model(sagemaker, s3, "champion")
    make_model(sagemaker, s3, "challenger", parent="champion")
    return make_live(sagemaker, "champion")


def promote(**arguments):
    given = {"task_id": "promote", "serving": SERVING, "model": "challenger", "champion": "champion"}
    return PromoteOperator(**given | arguments)


def attempt(number=1, run="run"):
    return context(FakeTask(id=f"attempt-{number}", dag_id="training", run_id=run, task_id="promote"))


def deferred(number=1, **arguments):
    with pytest.raises(TaskDeferred) as caught:
        promote(**arguments).execute(attempt(number))
    assert caught.value.method_name == "execute_complete"
    return caught.value


def test_what_is_templated():
    assert {"champion", "model"} <= set(PromoteOperator.template_fields)


def test_it_updates_the_endpoint_once_and_waits_without_a_worker(s3, sagemaker, old):
    for number in (1, 2):
        waiting = deferred(number, poll_seconds=8)
        _, arguments = waiting.trigger.serialize()
        assert (arguments["name"], arguments["result"], arguments["waiter_delay"]) == ("live", {"config": NEW}, 8)
    assert sagemaker.made() == ["create_endpoint_config", "update_endpoint"]
    (request,) = sagemaker.requests("update_endpoint")
    assert (request["EndpointName"], request["EndpointConfigName"]) == ("live", NEW)
    assert request["RetainAllVariantProperties"] is True
    assert "AutoRollbackConfiguration" not in request["DeploymentConfig"]
    sagemaker.settle("live")
    assert promote().execute_complete(attempt(), {"status": "success", "ended": waiting.trigger.return_value}) == {
        "config": NEW
    }
    assert promote().execute(attempt(3)) == {"config": NEW}
    assert len(sagemaker.requests("update_endpoint")) == 1
    assert old in sagemaker.configs


def test_an_update_whose_answer_was_lost_is_not_asked_twice(sagemaker):
    sagemaker.lose("update_endpoint")
    with pytest.raises(ServiceFaultError):
        promote().execute(attempt(1))
    deferred(2)
    assert len(sagemaker.requests("update_endpoint")) == 1


def test_somebody_who_updates_between_look_and_request_is_not_updated_over(s3, sagemaker, old):
    make_model(sagemaker, s3, "third")
    sagemaker.create_endpoint_config(**SERVING.config_request("third"))

    def other():
        sagemaker.update_endpoint(EndpointName="live", EndpointConfigName=SERVING.config_name("third"))

    sagemaker.before("create_endpoint_config", other)
    with pytest.raises(EndpointBusyError, match="Somebody else changes endpoint live"):
        promote().execute(attempt())
    assert [one["EndpointConfigName"] for one in sagemaker.requests("update_endpoint")] == [
        SERVING.config_name("third")
    ]


def test_an_attempt_that_lost_the_endpoint_updates_nothing(s3, sagemaker):
    def other():
        EndpointHold.of(ObjectStore(), FILES.holds, attempt(2)["ti"]).take()

    sagemaker.before("create_endpoint_config", other)
    with pytest.raises(EndpointHeldError, match="Another attempt"):
        promote().execute(attempt(1))
    assert sagemaker.requests("update_endpoint") == []


def test_it_waits_while_another_run_has_the_endpoint(s3, sagemaker, monkeypatch):
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda run: run != "training/other")
    EndpointHold.of(ObjectStore(), FILES.holds, attempt(9, run="other")["ti"]).take()
    with pytest.raises(TaskDeferred) as waiting:
        promote().execute(attempt(1))
    assert waiting.value.method_name == "take_up"
    assert sagemaker.made() == []


def test_machines_somebody_scaled_to_stay(sagemaker):
    sagemaker.scale("live", 4)
    deferred()
    (request,) = sagemaker.requests("update_endpoint")
    assert "ExcludeRetainedVariantProperties" not in request
    canary = request["DeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]["CanarySize"]
    assert canary == {"Type": "INSTANCE_COUNT", "Value": 2}
    sagemaker.settle("live")
    assert sagemaker.endpoints["live"]["ProductionVariants"][0]["DesiredInstanceCount"] == 4


def test_other_variants_than_the_loop_s_are_refused(sagemaker):
    sagemaker.endpoints["live"]["ProductionVariants"][0]["VariantName"] = "Blue"
    with pytest.raises(EndpointVariantsError, match="has the variants Blue"):
        promote().execute(attempt())
    assert sagemaker.made() == []


def alarm_names():
    return [request["AlarmName"] for request in WATCHED.alarm_requests(NEW)]


def test_alarms_are_made_before_the_update_and_guard_it(sagemaker, alarms):
    stale = naming.alarm_name("voc", "an earlier configuration", metric="ModelLatency", threshold=1.0)
    alarms.put_metric_alarm(AlarmName=stale, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold")
    sagemaker.before("update_endpoint", lambda: made.extend(alarms.alarms))
    made: list[str] = []
    deferred(serving=WATCHED)
    assert made == alarm_names() == list(alarms.alarms)
    (request,) = sagemaker.requests("update_endpoint")
    rollback = request["DeploymentConfig"]["AutoRollbackConfiguration"]
    assert rollback == {"Alarms": [{"AlarmName": name} for name in alarm_names()]}


def test_an_alarm_that_is_on_before_anything_is_changed_stops_it(sagemaker, alarms):
    deferred(serving=WATCHED)
    sagemaker.settle("live", took=False, reason="alarm")
    alarms.set_off(alarm_names()[0])
    with pytest.raises(AlarmOnError, match=alarm_names()[0]):
        promote(serving=WATCHED).execute(attempt(2))
    assert len(sagemaker.requests("update_endpoint")) == 1
    first, second = alarms.requests("put_metric_alarm")
    assert "Tags" in first
    assert "Tags" not in second


def test_an_update_that_did_not_take_is_for_the_verification_to_tell(sagemaker, old):
    waiting = deferred()
    sagemaker.settle("live", took=False, reason="did not pass the ping health check")
    event = {"status": "success", "ended": waiting.trigger.return_value}
    assert promote().execute_complete(attempt(), event) == {"config": NEW}
    assert sagemaker.endpoints["live"]["EndpointConfigName"] == old


def test_no_machines_for_the_update_are_told_as_such(sagemaker):
    waiting = deferred()
    reason = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."
    sagemaker.settle("live", took=False, reason=reason)
    with pytest.raises(CapacityError, match="live with; the old model serves on"):
        promote().execute_complete(attempt(), {"status": "success", "ended": waiting.trigger.return_value})


def refused(words, **arguments):
    task = attempt()
    with pytest.raises(SupersededError, match=words):
        promote(attribute="box", **arguments).execute(task)
    assert task["ti"].pushed[SUPERSEDED]
    return task["ti"].pushed[SUPERSEDED]


def test_a_model_that_was_compared_with_another_than_the_live_one_is_superseded(s3, sagemaker):
    make_model(sagemaker, s3, "third")
    assert "compared with third, and the endpoint runs champion" in refused("third", champion="third")
    assert sagemaker.made() == []


def test_a_model_that_goes_on_from_a_rejected_one_is_superseded(s3, sagemaker):
    register(sagemaker, {"model": "champion", "training_job": "j", "artefact": "s3://b/m"}, "Rejected")
    assert "goes on from champion, which is Rejected" in refused("champion")
    assert sagemaker.made() == []


def test_a_model_that_was_rolled_back_itself_is_superseded(s3, sagemaker):
    model = {"model": "challenger", "training_job": "j", "artefact": "s3://b/m"}
    register(sagemaker, model, "Rejected", outcome="rolled-back")
    assert "rolled back itself" in refused("challenger")


def test_a_model_that_learned_what_is_in_quarantine_is_superseded(s3, sagemaker):
    learned = [line(f"s3://bucket/seed/{number}.png") for number in range(100, 104)]
    held = Quarantine.of("bad", learned[:2], "good", [], attribute=DATA.attribute, reason="r")
    s3.put(FILES.quarantine("bad"), json.dumps(held.to_json()))
    assert "learned 2 lines that are in quarantine now" in refused("seed/100.png")


def test_a_model_with_a_clean_past_is_promoted(s3, sagemaker):
    register(sagemaker, {"model": "champion", "training_job": "j", "artefact": "s3://b/m"})
    register(sagemaker, {"model": "challenger", "training_job": "j", "artefact": "s3://b/m"}, "PendingManualApproval")
    deferred(attribute="box")


def test_an_endpoint_that_is_gone_is_named(sagemaker):
    sagemaker.delete_endpoint(EndpointName="live")
    with pytest.raises(EndpointMissingError, match="live"):
        promote().execute(attempt())
