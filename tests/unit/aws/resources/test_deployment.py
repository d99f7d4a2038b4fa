"""How an endpoint is updated: canary, alarms, tags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nightloop.aws.errors import EndpointVariantsError
from nightloop.aws.resources.deployment import PromotionSettings
from nightloop.aws.resources.serving import ServingSettings
from nightloop.config import Alarm
from nightloop.domain.identity import naming

ALARMS = (Alarm("Invocation5XXErrors", 0.0), Alarm("ModelLatency", 2e6, statistic="p99", periods=2))


def serving(instances=1, **promotion):
    return ServingSettings(
        loop="voc",
        endpoint_name="live",
        image="i",
        role_arn="r",
        instance_count=instances,
        promotion=PromotionSettings(**promotion),
        tags={"nightloop:loop": "voc"},
    )


def deployment(*arguments, **settings):
    return serving(*arguments, **settings).update_request("config", ["a"])["DeploymentConfig"]


@pytest.mark.parametrize(
    ("instances", "share", "machines"), [(2, 0.5, 1), (3, 0.5, 1), (4, 0.25, 1), (10, 0.3, 3), (10, 0.01, 1)]
)
def test_the_canary_is_a_share_of_the_machines_and_at_most_half(instances, share, machines):
    policy = deployment(instances, canary_share=share, canary_seconds=77)["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 77,
        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": machines},
    }


def test_one_machine_has_no_canary_and_is_watched_all_the_same():
    made = deployment(1, bake_seconds=120)
    assert made["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]["Type"] == "ALL_AT_ONCE"
    assert made["BlueGreenUpdatePolicy"]["TerminationWaitInSeconds"] == 120
    assert made["AutoRollbackConfiguration"] == {"Alarms": [{"AlarmName": "a"}]}


def test_without_alarms_nothing_is_rolled_back_by_one():
    assert "AutoRollbackConfiguration" not in serving().update_request("config", [])["DeploymentConfig"]


def test_alarms_watch_the_new_machines_only():
    errors, latency = serving(alarms=ALARMS).alarm_requests("voc-config-1")
    assert {entry["Name"]: entry["Value"] for entry in errors["Dimensions"]} == {
        "EndpointName": "live",
        "VariantName": "AllTraffic",
        "EndpointConfigName": "voc-config-1",
    }
    assert (errors["Statistic"], latency["ExtendedStatistic"]) == ("Sum", "p99")
    assert (latency["EvaluationPeriods"], latency["Threshold"]) == (2, 2e6)
    assert {"Key": "nightloop:endpoint-config", "Value": "voc-config-1"} in errors["Tags"]


def test_an_alarm_is_named_by_what_it_watches():
    names = [request["AlarmName"] for request in serving(alarms=ALARMS).alarm_requests("voc-config-1")]
    assert names == [request["AlarmName"] for request in serving(alarms=ALARMS).alarm_requests("voc-config-1")]
    others = [request["AlarmName"] for request in serving(alarms=ALARMS).alarm_requests("voc-config-2")]
    assert len({*names, *others}) == 4
    assert all(naming.is_alarm_of("voc", name) for name in names)
    assert not naming.is_alarm_of("voc-alarm", names[0])
    assert not naming.is_alarm_of("vo", names[0])


def test_everything_made_says_whose_it_is_and_where_it_comes_from():
    made = serving()
    assert made.model_request("job-1", "s3://b/m.tar.gz")["Tags"] == [
        {"Key": "nightloop:loop", "Value": "voc"},
        {"Key": "nightloop:training-job", "Value": "job-1"},
    ]
    assert {"Key": "nightloop:model", "Value": "m"} in made.config_request("m")["Tags"]


def live(name="AllTraffic", **counts):
    return [{"VariantName": name, **counts}]


def configured(count=1):
    return [{"VariantName": "AllTraffic", "InitialInstanceCount": count}]


@pytest.mark.parametrize(
    ("file", "config", "desired", "machines"),
    [
        (1, 1, 1, 1),  # nobody scaled
        (1, 1, 3, 3),  # scaled out
        (4, 4, 2, 2),  # scaled in
        (2, 1, 1, 2),  # the loop's file was changed, nobody scaled
        (2, 1, 5, 5),  # both: what runs stays
    ],
)
def test_the_number_of_machines_somebody_scaled_to_stays(file, config, desired, machines):
    counts = {"CurrentInstanceCount": desired, "DesiredInstanceCount": desired}
    assert serving(file).machines(live(**counts), configured(config)) == machines


@pytest.mark.parametrize(("file", "machines", "excluded"), [(1, 3, False), (1, 1, True), (2, 2, True)])
def test_weights_stay_always_and_counts_where_somebody_scaled(file, machines, excluded):
    request = serving(file).update_request("config", [], machines)
    assert request["RetainAllVariantProperties"] is True
    kept_out = request.get("ExcludeRetainedVariantProperties", [])
    assert kept_out == ([{"VariantPropertyType": "DesiredInstanceCount"}] if excluded else [])


@pytest.mark.parametrize(("file", "machines", "canary"), [(4, 1, None), (1, 4, 2), (10, 2, 1)])
def test_the_canary_is_a_share_of_the_machines_there_are(file, machines, canary):
    request = serving(file, canary_share=0.5).update_request("config", [], machines)
    routing = request["DeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert routing.get("CanarySize", {}).get("Value") == canary


@pytest.mark.parametrize("variants", [live("blue"), [*live(), *live("shadow")]])
def test_other_variants_are_refused_with_the_mend(variants):
    with pytest.raises(EndpointVariantsError, match=r"variants .*(blue|shadow).*bootstrap"):
        serving().machines(variants, configured())


def test_an_asynchronous_endpoint_writes_below_the_loops_folder_and_has_a_config_of_its_own():
    folder = "s3://bucket/loops/voc"
    plain = ServingSettings(loop="voc", endpoint_name="live", image="i", role_arn="r", folder=folder)
    queued, other = (replace(plain, async_concurrency=number) for number in (4, 8))
    assert "AsyncInferenceConfig" not in plain.config_request("m")
    assert queued.config_request("m")["AsyncInferenceConfig"] == {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
        "OutputConfig": {"S3OutputPath": f"{folder}/async/answers", "S3FailurePath": f"{folder}/async/failures"},
    }
    assert len({plain.config_name("m"), queued.config_name("m"), other.config_name("m")}) == 3
    assert plain.config_name("m") == naming.endpoint_config_name(
        "voc", "m", instance_type="ml.m5.large", instance_count=1
    )
