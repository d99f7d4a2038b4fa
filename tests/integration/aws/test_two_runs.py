"""Two runs of a loop that meet at its endpoint: a promotion looks only forward, a roll-back stays one."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from nightloop.aws.dag_factory import serving_tasks
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.endpoints import holds
from nightloop.aws.endpoints.holds import EndpointHold, Holder
from nightloop.aws.errors import EndpointChangedError, EndpointMissingError, LiveModelRejectedError, SupersededError
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.running import Context, run
from tests.integration.aws.trainings import Training


@pytest.fixture
def loop(make_loop, connections):
    """A loop of its own whose first model is version 1 of its registry."""
    loop = make_loop()
    night = Night(loop, "2026-01-01")
    trained, model, config = night.bootstrap()
    night.approve(night.register(trained, model), config)
    return loop


@pytest.fixture
def train(loop, s3):
    """Train on what is live and one more night, up to the gate; settings make another training of the same."""
    nights = iter(range(1, 28))

    def trained(**hyperparameters):
        number = next(nights)
        Night(loop, f"2026-06-{number:02}").write_reviewed(s3, shade=60 + number)
        training = Training(loop)
        settings = training.settings
        training.settings = replace(settings, hyperparameters={**settings.hyperparameters, **hyperparameters})
        training.build_cohort()
        training.until_evaluated()
        training.register()
        training.gate()
        training.results["gate"] |= {"promote": True}
        return training

    return trained


def go_live(training):
    training.promote(training.results["create_model"])
    training.verify()
    return training.record()


def refused(training, words):
    """Assert that a training's model does not go live any more, that the registry says so, and that nothing moved."""
    before, context = described(training.loop), Context()
    with pytest.raises(SupersededError, match=words):
        training.promote(training.results["create_model"], context)
    assert described(training.loop) == before
    recorded = training.record(context.pushed["superseded"])
    assert (recorded["status"], recorded["outcome"]) == ("Rejected", "superseded")
    version = RegistryHook().describe(training.results["register_model"]["package"])
    assert (version.status, version.outcome) == ("Rejected", "superseded")
    assert version.why.startswith("Superseded: ")
    return version


def described(loop):
    endpoint = ModelHook().describe_endpoint(loop.endpoint.name)
    return endpoint["EndpointConfigName"], endpoint["EndpointStatus"], endpoint["LastModifiedTime"]


def roll_back(loop, version="previous", reason="misses people"):
    back = Training(loop)
    target = back.choose(version)
    back.transform("transform_challenger", target["model"])
    back.quarantine(target, reason)
    back.roll_back(target)
    back.verify()
    return target


def live(loop):
    return ModelHook().live_model(loop.endpoint.name).model


def test_a_late_promotion_does_not_replace_a_newer_model(train, loop):
    late, newer = train(), train(test="newer")
    go_live(newer)
    version = refused(late, "was compared with .* and the endpoint runs .* by now")
    assert version.why.endswith("by now.")
    assert live(loop) == newer.results["create_model"]
    again = train()
    assert again.results["build_cohort"]["parent_model"] == newer.results["create_model"]
    assert go_live(again)["outcome"] == "promoted", "the next training begins from what is live"


def test_what_went_on_from_a_rolled_back_model_is_not_promoted(train, loop):
    parent = train()
    go_live(parent)
    child = train()
    target = roll_back(loop)
    assert live(loop) == target["model"]
    refused(child, "was compared with")
    # Even if the same model were live again: it is Rejected.
    model = parent.results["create_model"]
    again = Training(loop)
    again.roll_back(target | {"model": model, "live_model": target["model"]})
    refused(child, rf"goes on from {model}, which is Rejected: Rolled back to version 1: misses people\.")
    with pytest.raises(LiveModelRejectedError, match=r"version 2, which is Rejected.*rollback_endpoint"):
        train()
    assert live(loop) == model


def test_a_cohort_with_quarantined_lines_is_not_promoted(train, loop):
    """It was trained beside the model that learned them first, from the same champion, and that one is live again."""
    bad, beside = train(), train(test="beside")
    go_live(bad)
    roll_back(loop)
    refused(beside, r"learned 1 lines that are in quarantine now, as that about s3://.*/0\.png")
    Quarantines(ObjectStore(), LoopFiles(DataSettings.of(loop).folder)).release(bad.results["create_model"], "test")
    assert go_live(beside)["status"] == "Approved", "a person released them"


def test_a_rolled_back_model_does_not_come_back_by_a_clear(train, loop):
    bad = train()
    go_live(bad)
    target = roll_back(loop)
    Quarantines(ObjectStore(), LoopFiles(DataSettings.of(loop).folder)).release(bad.results["create_model"], "test")
    with pytest.raises(SupersededError, match="was rolled back itself: Rolled back to version 1: misses people"):
        bad.promote(bad.results["create_model"])
    recorded = bad.record()
    assert (recorded["status"], recorded["outcome"]) == ("Rejected", "rolled-back"), "the cleared task finds it so"
    assert live(loop) == target["model"]


def test_a_roll_back_whose_endpoint_moved_on_changes_nothing(train, loop):
    go_live(train())
    back = Training(loop)
    target = back.choose()
    newest = train()
    go_live(newest)
    before = described(loop)
    with pytest.raises(EndpointChangedError, match="Start this DAG again"):
        back.quarantine(target)
    with pytest.raises(SupersededError, match="was to take the place of"):
        back.roll_back(target)
    assert described(loop) == before
    assert Quarantines(ObjectStore(), LoopFiles(DataSettings.of(loop).folder)).models() == []
    assert not list(RegistryHook().versions(loop.name, status="Rejected"))


def test_a_promotion_waits_for_the_run_that_has_the_endpoint(train, loop, monkeypatch):
    training = train()
    going, looks = {"rollback_endpoint/other"}, []
    monkeypatch.setattr(HoldingOperator, "hold_poll_seconds", 0.2)

    def ended(name):
        if name in going:
            looks.append(name)
        if len(looks) == 3:
            going.clear()
        return name not in going

    monkeypatch.setattr(holds, "run_has_ended", ended)
    folder = LoopFiles(DataSettings.of(loop).folder).holds
    EndpointHold(ObjectStore(), folder, Holder("rollback_endpoint/other", "x")).take()
    before = described(loop)
    training.promote(training.results["create_model"])
    assert looks == ["rollback_endpoint/other"] * 3
    assert described(loop) != before


def test_machines_and_weights_survive_a_promotion_and_a_roll_back(train, loop, stack):
    client, name = stack.client("sagemaker", "sagemaker"), loop.endpoint.name

    def variant():
        (variant,) = client.describe_endpoint(EndpointName=name)["ProductionVariants"]
        return variant["CurrentInstanceCount"], variant["DesiredInstanceCount"], variant["CurrentWeight"]

    def scale(**wanted):
        wanted = [{"VariantName": "AllTraffic", **wanted}]
        client.update_endpoint_weights_and_capacities(EndpointName=name, DesiredWeightsAndCapacities=wanted)
        while client.describe_endpoint(EndpointName=name)["EndpointStatus"] != "InService":
            time.sleep(0.2)

    scale(DesiredInstanceCount=3, DesiredWeight=2.5)
    go_live(train())
    assert variant() == (3, 3, 2.5)
    scale(DesiredInstanceCount=2)
    roll_back(loop)
    assert variant() == (2, 2, 2.5)


def test_a_loop_torn_down_during_a_training_gets_no_new_model(train, loop, stack):
    training = train()
    ModelHook().delete("endpoint", loop.endpoint.name)
    made = serving_tasks.create_model(loop, training.results["train"], require_endpoint=True)
    deadline = time.monotonic() + 30
    while True:
        try:
            ModelHook().describe_endpoint(loop.endpoint.name)
        except EndpointMissingError:
            break
        assert time.monotonic() < deadline
        time.sleep(0.2)
    with pytest.raises(EndpointMissingError, match="bootstrap"):
        run(made)
    with pytest.raises(EndpointMissingError, match="bootstrap"):
        training.promote(training.results["create_model"])
    with pytest.raises(EndpointMissingError, match="bootstrap"):
        training.build_cohort()
