"""An earlier model is put back by its DAG while the endpoint is asked all the time."""

from __future__ import annotations

import pytest

from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.object_store import ObjectStore

pytestmark = pytest.mark.timeout(600)

DAG = "rollback_endpoint_rectangles"


@pytest.fixture(scope="module")
def three_versions(live_trainings, airflow):
    """The versions that were live, oldest first: the first model and at least two after it."""

    def approved():
        versions = [version for version in live_trainings.versions() if version.status == "Approved"]
        return sorted(versions, key=lambda version: version.number)

    while len(approved()) < 3:
        airflow.finish(live_trainings.begin())
    return approved()


def test_two_models_are_put_back_without_a_failed_request(three_versions, trainings, airflow):
    first, earlier, live = three_versions[0], three_versions[-2], three_versions[-1]
    assert serving(trainings) == live.model
    before = len(airflow.history())
    with trainings.load() as (scores, errors):
        roll_back(airflow, scores, version="previous", reason="misses people")
        assert serving(trainings) == earlier.model
        assert set(scores) == {0.9}
        run = roll_back(airflow, scores, version="choose", answer=str(first.number))
        assert serving(trainings) == first.model
    assert errors == []
    assert set(scores) == {0.9, 0.4}
    assert set(scores[-10:]) == {0.4}
    assert airflow.result(run, "choose_version")["live_model"] == earlier.model
    done = [entry.operation for entry in airflow.history()[before:] if entry.committed]
    assert done.count("UpdateEndpoint") == 2
    assert "CreateTransformJob" not in done, "the job of its own training is found again"
    whys = {version.number: (version.status, version.why) for version in trainings.versions()}
    assert whys[live.number] == ("Rejected", f"Rolled back to version {earlier.number}: misses people")
    assert whys[earlier.number] == ("Rejected", f"Rolled back to version {first.number}: no reason was given")
    assert whys[first.number][0] == "Approved"


def test_what_they_learned_is_kept_out(three_versions, trainings):
    files = LoopFiles(DataSettings.of(trainings.loop).folder)
    quarantines = Quarantines(ObjectStore(), files)
    assert set(quarantines.models()) >= {version.model for version in three_versions[-2:]}
    # Each model learned one night more than the one before; the first had the seed alone.
    assert len(quarantines.held()) == len(trainings.runs)


def roll_back(airflow, scores, answer="", **conf):
    """Run the rollback DAG and see that the endpoint was asked before and after."""
    run = airflow.api.trigger(DAG, conf=conf)
    if answer:
        airflow.wait_for_question(run, "choose_version")
        airflow.answer(run, "choose_version", answer)
    asked = len(scores)
    airflow.finish(run)
    assert len(scores) > asked + 20
    switched = len(scores)
    airflow.wait_until(lambda: len(scores) > switched + 20, "the endpoint answers")
    return run


def serving(trainings):
    return ModelHook().live_model(trainings.loop.endpoint.name).model
