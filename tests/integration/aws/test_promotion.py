"""A new model on the live endpoint: watched, undone by an alarm, taken back; never a failed request meanwhile."""

from __future__ import annotations

import io
import re
import time
import urllib.request
from collections import Counter
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import AirflowSkipException
from PIL import Image

from nightloop.aws.dag_factory import model_tasks, serving_tasks
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.errors import EndpointRolledBackError, QuarantineError, RegistryError
from nightloop.aws.hooks.cloudwatch import AlarmHook
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.operators.training.choose_version import table
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import Alarm
from tests.integration.aws.load import constant_load
from tests.integration.aws.nights import Night
from tests.integration.aws.running import run
from tests.integration.aws.stack import SECRET
from tests.integration.aws.trainings import Training

SLOW = (Alarm("ModelLatency", 300_000.0, statistic="Average", period_seconds=10),)


@pytest.fixture(scope="module")
def loop(make_loop, s3, stack):
    """A loop on two machines whose first model is version 1 of its registry."""
    with stack.connected():
        loop = make_loop(endpoint={"instance_count": 2})
        night = Night(loop, "2026-01-01")
        trained, model, config = night.bootstrap()
        recorded = night.approve(night.register(trained, model), config)
        assert recorded == {"status": "Approved", "why": f"Live with {config}.", "outcome": "promoted"}
        Night(loop, "2026-06-01").write_reviewed(s3)
    return loop


@pytest.fixture(scope="module")
def promoted(loop, stack):
    """The second version, live: it learned the night of 1 June."""
    with stack.connected():
        training = Training(loop)
        training.build_cohort()
        training.until_evaluated()
        training.register()
        training.gate()
        training.promote(training.results["create_model"])
        training.verify()
        training.record()
    return training


def live_config(stack, loop):
    client = stack.client("sagemaker", "sagemaker")
    return client.describe_endpoint(EndpointName=loop.endpoint.name)["EndpointConfigName"]


def test_the_registry_holds_what_a_model_was_made_of(promoted, loop, stack):
    client = stack.client("sagemaker", "sagemaker")
    registered = promoted.results["register_model"]
    assert registered["version"] == 2
    described = client.describe_model_package(ModelPackageName=registered["package"])
    cohort = promoted.results["build_cohort"]
    metadata = described["CustomerMetadataProperties"]
    assert (metadata["cohort"], metadata["parent_model"]) == (cohort["cohort"], cohort["parent_model"])
    assert metadata["mean_average_precision"] == metadata["coco_average_precision"] == metadata["coco_75"] == "1.0000"
    assert metadata["calibration_error"] == "0.1000"
    assert metadata["gate"].endswith("/gate.json")
    evaluation = promoted.results["evaluate"]["uri"]
    assert described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] == evaluation
    first, second = sorted(RegistryHook().versions(loop.name), key=lambda version: version.number)
    assert (first.status, second.status) == ("Approved", "Approved")
    assert "parent_model" not in first.metadata


def test_a_person_is_shown_figures_reasons_and_pictures(promoted, loop):
    results = promoted.results
    asked = model_tasks.ask_approval(
        loop,
        champion=results["transform_champion"],
        challenger=results["transform_challenger"],
        evaluation=results["evaluate"],
    )
    question = asked.question(results["gate"])
    assert question.startswith("- mAP@0.5 goes from 0.000 to 1.000")
    assert "| **all classes** | 32 | 0.000 | 1.000 | +1.000 |" in question
    assert "Measured on a holdout of 32 images of 32 scenes." in question
    assert "| COCO AP75 | 0.000 | 1.000 | +1.000 |" in question
    assert "| calibration error of the scores (0 is best) | 0.400 | 0.100 | -0.300 |" in question
    addresses = re.findall(r"!\[[^\]]*\]\((http[^)]+)\)", question)
    assert len(addresses) == 4
    with urllib.request.urlopen(addresses[0], timeout=10) as answer:
        drawn = Image.open(io.BytesIO(answer.read()))
    assert (drawn.format, drawn.width) == ("JPEG", 2 * 420 + 8)
    assert asked.question(results["gate"]).split("?")[0] == question.split("?")[0], "drawn once"


def test_everything_is_tagged(promoted, loop, stack):
    client = stack.client("sagemaker", "sagemaker")
    model = promoted.results["create_model"]
    arns = {
        client.describe_model(ModelName=model)["ModelArn"]: (
            "nightloop:training-job",
            promoted.results["train"]["training_job"],
        ),
        client.describe_training_job(TrainingJobName=promoted.results["train"]["training_job"])["TrainingJobArn"]: (
            "nightloop:cohort",
            promoted.results["build_cohort"]["cohort"],
        ),
        client.describe_endpoint_config(EndpointConfigName=live_config(stack, loop))["EndpointConfigArn"]: (
            "nightloop:model",
            model,
        ),
    }
    for arn, (key, value) in arns.items():
        tags = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}
        assert (tags["nightloop:loop"], tags[key]) == (loop.name, value)


def test_an_alarm_puts_the_champion_back(promoted, loop, stack):
    """The new model answers right and slowly: the alarm of its canary goes off, and no request has failed."""
    champion = live_config(stack, loop)
    slow = Training(loop)
    slow.settings = replace(slow.settings, hyperparameters={**slow.settings.hyperparameters, "slow": "0.8"})
    slow.results = {**promoted.results}
    slow.train()
    challenger = slow.create_model()
    slow.transform("transform_champion", promoted.results["create_model"])
    slow.transform("transform_challenger", challenger)
    slow.evaluate()
    slow.register()
    watched = replace(slow.serving.promotion, canary_seconds=60, bake_seconds=60, alarms=SLOW)
    slow.serving = replace(slow.serving, promotion=watched)
    slow.results.pop("verify_endpoint")
    began = time.monotonic()
    with constant_load(stack.url("sagemaker"), SECRET, loop.endpoint.name) as (scores, errors):
        slow.promote(challenger)
        before = len(scores)
        with pytest.raises(EndpointRolledBackError, match=r"Auto-rollback alarms are in ALARM.*-alarm-ModelLat"):
            slow.verify()
        time.sleep(0.5)
    assert errors == []
    assert len(scores) > before, "the champion serves"
    assert time.monotonic() - began < 45, "the alarm went off, not the end of the canary"
    assert live_config(stack, loop) == champion
    recorded = slow.record()
    assert recorded["status"] == "Rejected"
    assert "endpoint did not take it" in recorded["why"]


def test_alarms_of_an_earlier_promotion_are_deleted(loop, promoted):
    hook = AlarmHook()
    assert len(hook.names(loop.name)) == 1
    errors = replace(promoted.serving.promotion, alarms=(Alarm("Invocation5XXErrors", 0.0),))
    serving = replace(promoted.serving, promotion=errors)
    (name,) = hook.replace(loop.name, serving.alarm_requests("another-config"))
    assert hook.names(loop.name) == [name]
    assert hook.replace(loop.name, serving.alarm_requests("another-config")) == [name]


def choose(loop, version="previous"):
    return Training(loop).choose(version)


def test_a_version_that_is_none_names_those_there_are(loop, promoted):
    with pytest.raises(RegistryError, match=r"'7' is no version to go back to: .* is live, .* are 1\. Start"):
        choose(loop, "7")
    with pytest.raises(RegistryError, match="'2' is no version"):
        choose(loop, "2")


def test_a_person_may_choose_from_a_list(loop, promoted):
    operator = model_tasks.choose_version(loop, "choose")
    live, listed = operator.candidates()
    assert [version.number for version in listed] == [1]
    shown = table(live, listed)
    assert shown.startswith(f"Live now: {promoted.results['create_model']}")
    assert f"| {listed[0].model} |" in shown
    target = operator.execute_complete({}, {"chosen_options": ["1"], "params_input": {}})
    assert (target["version"], target["live_model"]) == (1, live)


@pytest.fixture(scope="module")
def rolled_back(loop, promoted, stack):
    """Version 1 is put back under load; gives the target and what the load saw."""
    with stack.connected():
        back = Training(loop)
        stack.client("sagemaker", "sagemaker").delete_model(ModelName=promoted.results["build_cohort"]["parent_model"])
        with constant_load(stack.url("sagemaker"), SECRET, loop.endpoint.name) as (scores, errors):
            while len(scores) < 20:
                time.sleep(0.05)
            target = choose(loop)
            back.transform("transform_challenger", target["model"])
            quarantined = back.quarantine(target, "misses people")
            back.roll_back(target)
            verified = back.verify()
            switched = len(scores)
            while len(scores) < switched + 20:
                time.sleep(0.05)
    return {"target": target, "verified": verified, "scores": scores, "errors": errors, "quarantined": quarantined}


def test_an_earlier_model_is_put_back_without_a_failed_request(rolled_back, promoted, loop, stack):
    assert rolled_back["target"]["version"] == 1
    assert rolled_back["verified"]["compared"] == 3
    assert rolled_back["errors"] == []
    assert set(Counter(rolled_back["scores"])) == {0.9, 0.4}
    assert set(rolled_back["scores"][-10:]) == {0.4}
    assert rolled_back["target"]["model"] == promoted.results["build_cohort"]["parent_model"]
    version = RegistryHook().describe(promoted.results["register_model"]["package"])
    assert (version.status, version.why) == ("Rejected", "Rolled back to version 1: misses people")


def test_what_the_bad_model_learned_stays_out_until_it_is_released(rolled_back, promoted, loop):
    assert rolled_back["quarantined"]["lines"] == 1
    with pytest.raises(AirflowSkipException, match="0 reviewed images are new"):
        Training(loop).build_cohort()

    def build(release):
        return Training(loop).build_cohort(release=release)

    bad = rolled_back["quarantined"]["model"]
    with pytest.raises(QuarantineError, match=f"'nobody'. In quarantine are the lines of: {bad}"):
        build("nobody")
    released = build(bad)
    assert (released["new_lines"], released["quarantined"]) == (1, 0)
    assert build("")["new_lines"] == 1


def test_nothing_is_left_to_go_back_to(rolled_back, loop):
    with pytest.raises(RegistryError, match="no earlier version"):
        choose(loop)


def test_teardown_removes_what_costs_and_keeps_what_was_learned(rolled_back, loop, stack, s3):
    counts = run(serving_tasks.delete_serving(loop))
    assert (counts["endpoint"], counts["model_package"], counts["alarm"]) == (1, 3, 2)
    assert counts["model"] >= 3
    client = stack.client("sagemaker", "sagemaker")
    assert client.list_model_package_groups(NameContains=loop.name)["ModelPackageGroupSummaryList"] == []
    assert AlarmHook().names(loop.name) == []
    again = run(serving_tasks.delete_serving(loop))
    assert set(again.values()) == {0}

    def delete(given):
        return run(serving_tasks.delete_data(loop, given))

    folder = DataSettings.of(loop).folder + "/"
    there = len([stored for stored in ObjectStore().list(folder) if "/holds/" not in stored.uri])
    with pytest.raises(AirflowSkipException, match="stays"):
        delete("")
    assert delete(loop.name) == there
    assert list(ObjectStore().list(folder)) == []
    assert s3.list_objects_v2(Bucket=loop.bucket)["KeyCount"] > 0, "images, seed and holdout stay"
