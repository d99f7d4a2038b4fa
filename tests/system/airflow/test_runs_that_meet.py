"""Two DAG runs of one loop that meet at its endpoint: what is worse or taken back never serves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.errors import EndpointMissingError
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.object_store import ObjectStore

pytestmark = pytest.mark.timeout(900)

BOOTSTRAP, ROLLBACK, TEARDOWN = "bootstrap_asking", "rollback_endpoint_asking", "teardown_asking"
SHOWN = ("promoted", "rejected", "undecided", "superseded")


class Meeting:
    """Trainings that wait for a person, and what became of them."""

    def __init__(self, airflow, trainings):
        self.airflow, self.trainings = airflow, trainings

    def begin(self):
        """Start a training and return its run when it waits for a person."""
        run = self.trainings.begin()
        self.airflow.wait_for_question(run, "approve")
        return run

    def approve(self, run):
        """Approve as a person does, some seconds after they were asked."""
        self.airflow.wait_for_question(run, "approve")
        self.airflow.answer(run, "approve", "Approve")
        self.airflow.wait_for_state(run, "approve", "success")

    def live(self):
        return ModelHook().live_model(self.trainings.loop.endpoint.name).model

    def updates(self):
        name = self.trainings.loop.endpoint.name
        history = [entry for entry in self.airflow.history() if entry.committed and entry.name == name]
        return [entry.operation for entry in history].count("UpdateEndpoint")

    def version(self, run):
        package = self.airflow.result(run, "register_model")["package"]
        (version,) = [version for version in self.trainings.versions() if version.arn == package]
        return version

    def shows(self, run, outcome):
        """Assert that of the tasks of outcomes one is green in the run and the others are skipped."""
        states = {name: self.airflow.wait_for_state(run, name, "success", "skipped")["state"] for name in SHOWN}
        assert states == {name: "success" if name == outcome else "skipped" for name in SHOWN}

    def is_superseded(self, run, words):
        """Assert that a run ended red at `promote`, recorded and shown as superseded, and that nothing was changed."""
        self.airflow.wait_until(lambda: self.state(run) == "failed", f"{run.run_id} ended", seconds=240)
        assert self.airflow.tasks(run, "promote")[0]["state"] == "failed"
        version = self.version(run)
        assert (version.status, version.outcome) == ("Rejected", "superseded")
        assert version.why.startswith("Superseded: ")
        assert words in version.why
        self.shows(run, "superseded")

    def state(self, run):
        return self.airflow.api.run(run.dag_id, run.run_id).state


@pytest.fixture
def meeting(asking, airflow):
    return Meeting(airflow, asking)


def test_a_late_promotion_after_a_newer_one(meeting, airflow, asking):
    late = meeting.begin()
    airflow.mark(late, "approve", "failed")
    airflow.wait_until(lambda: meeting.state(late) == "failed", "the first training was ended")

    newer = meeting.begin()
    meeting.approve(newer)
    airflow.finish(newer)
    meeting.shows(newer, "promoted")
    live, updates = meeting.live(), meeting.updates()
    assert live == airflow.result(newer, "create_model")

    airflow.clear(late, "approve", downstream=True)
    meeting.approve(late)
    meeting.is_superseded(late, f"and the endpoint runs {live} by now")
    assert (meeting.live(), meeting.updates()) == (live, updates)

    after = meeting.begin()
    assert airflow.result(after, "build_cohort")["parent_model"] == live, "training goes on from what is live"
    meeting.approve(after)
    airflow.finish(after)
    assert meeting.live() == airflow.result(after, "create_model")


def test_an_approval_after_a_rollback(meeting, airflow, asking):
    first = meeting.begin()
    meeting.approve(first)
    airflow.finish(first)
    bad = meeting.live()
    child = meeting.begin()
    assert airflow.result(child, "build_cohort")["parent_model"] == bad

    back = airflow.api.trigger(ROLLBACK, conf={"reason": "misses people"})
    airflow.finish(back)
    restored, updates = meeting.live(), meeting.updates()
    assert restored != bad
    assert meeting.version(first).outcome == "rolled-back"

    meeting.approve(child)
    meeting.is_superseded(child, f"and the endpoint runs {restored} by now")
    assert (meeting.live(), meeting.updates()) == (restored, updates)
    assert len(quarantined(asking)) == 1

    after = meeting.begin()
    cohort = airflow.result(after, "build_cohort")
    assert (cohort["parent_model"], cohort["quarantined"]) == (restored, 1)
    meeting.approve(after)
    airflow.finish(after)
    assert meeting.live() == airflow.result(after, "create_model")


def test_a_rollback_during_a_promotion(meeting, airflow, asking):
    """It waits for the promotion, its killed task included, and takes back what came of it."""
    champion, updates = meeting.live(), meeting.updates()
    run = meeting.begin()
    asking.hold("serve")
    meeting.approve(run)
    airflow.wait_for_state(run, "promote", "deferred")
    back = airflow.api.trigger(ROLLBACK)
    airflow.wait_for_state(back, "wait_for_endpoint", "deferred")
    airflow.clear(run, "promote")
    airflow.wait_until(
        lambda: (task := airflow.tasks(run, "promote")[0])["try_number"] == 2 and task["state"] == "deferred",
        "the cleared promotion has taken its hold up again",
    )
    assert airflow.tasks(back, "choose_version")[0]["state"] in {None, "none"}
    assert (meeting.live(), meeting.updates()) == (champion, updates + 1)
    asking.release("serve")
    airflow.finish(run)
    meeting.shows(run, "promoted")
    airflow.finish(back)

    challenger = airflow.result(run, "create_model")
    chosen = airflow.result(back, "choose_version")
    assert (chosen["live_model"], chosen["model"]) == (challenger, champion)
    assert (meeting.live(), meeting.updates()) == (champion, updates + 2)
    version = meeting.version(run)
    assert (version.status, version.outcome) == ("Rejected", "rolled-back")
    learned = {line.source_ref for line in quarantined(asking)}
    assert learned & new_images(asking, run), "what it learned is kept out"


def test_a_teardown_during_a_training(meeting, airflow, asking):
    asking.hold("train")
    run = asking.begin()
    airflow.wait_for_trigger(run, "train", 1)
    (job,) = asking.made(run, "CreateTrainingJob")
    down = airflow.api.trigger(TEARDOWN, conf={"confirm": "asking"})
    airflow.finish(down)
    asking.release("train")
    airflow.wait_until(lambda: meeting.state(run) == "failed", "the training ended", seconds=240)

    assert airflow.tasks(run, "train")[0]["state"] == "success", "its job was paid for"
    assert airflow.tasks(run, "create_model")[0]["state"] == "failed"
    airflow.wait_until(lambda: is_gone(asking), "the endpoint is gone")
    made = {name: asking.made(run, name) for name in ("CreateModel", "CreateModelPackage", "UpdateEndpoint")}
    assert made == {"CreateModel": [], "CreateModelPackage": [], "UpdateEndpoint": []}
    assert asking.sagemaker.list_models(NameContains="asking-model-")["Models"] == []

    airflow.finish(airflow.api.trigger(BOOTSTRAP))  # takes the hold over from the teardown, which has ended
    again = meeting.begin()
    meeting.approve(again)
    airflow.finish(again)
    assert meeting.live() == airflow.result(again, "create_model")
    assert asking.sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"] == "Completed"


def quarantined(trainings):
    return Quarantines(ObjectStore(), LoopFiles(DataSettings.of(trainings.loop).folder)).held()


def new_images(trainings, run):
    """The address of the image of the night that a run was begun with."""
    number = trainings.runs.index(run)
    return {f"s3://{trainings.loop.bucket}/images/{date(2026, 4, 1) + timedelta(days=number)}/0.png"}


def is_gone(trainings):
    try:
        ModelHook().describe_endpoint(trainings.loop.endpoint.name)
    except EndpointMissingError:
        return True
    return False
