"""Evaluations and decisions know what they were made of: what changed is measured and decided anew, nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nightloop.aws.dag_factory import training_tasks
from nightloop.aws.errors import ClassesChangedError, HoldoutChangedError
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.storage.layout import ModelFiles
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.running import run
from tests.integration.aws.trainings import Training

MANIFEST, IMAGE = "holdout.manifest", "holdout/0.png"


@pytest.fixture(scope="module")
def loop(reviewed_loop):
    return reviewed_loop


@pytest.fixture(scope="module")
def training(loop, stack):
    with stack.connected():
        training = Training(loop)
        training.build_cohort()
        training.until_evaluated()
    return training


@pytest.fixture
def jobs(stack, loop):
    """Say how many trainings and transforms there are."""
    sagemaker = stack.client("sagemaker", "sagemaker")

    def count() -> tuple[int, int]:
        trainings = sagemaker.list_training_jobs(NameContains=loop.name)["TrainingJobSummaries"]
        return len(trainings), len(sagemaker.list_transform_jobs(NameContains=loop.name)["TransformJobSummaries"])

    return count


class Holdout:
    """The holdout in S3; `before` are the bytes by key."""

    def __init__(self, s3, bucket, before) -> None:
        self.s3, self.bucket, self.before = s3, bucket, before
        self.lines = [json.loads(line) for line in before[MANIFEST].splitlines()]

    def write(self, lines) -> None:
        self._put(MANIFEST, "\n".join(map(json.dumps, lines)).encode())

    def replace_image(self, shade: int = 120) -> None:
        self._put(IMAGE, encode(picture([(10, 20, 60, 40)], shade=shade)))

    def put_back(self) -> None:
        for key, body in self.before.items():
            self._put(key, body)

    def _put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)


@pytest.fixture
def holdout(s3, loop):
    """Change the holdout's manifest, or an image of it; put both back afterwards."""
    before = {key: s3.get_object(Bucket=loop.bucket, Key=key)["Body"].read() for key in (MANIFEST, IMAGE)}
    made = Holdout(s3, loop.bucket, before)
    yield made
    made.put_back()


def again(training, loop=None) -> Training:
    """Another run of the same training, with other settings of the loop."""
    other = Training(loop or training.loop)
    other.results = dict(training.results)
    return other


def measured(training) -> dict:
    """Run what follows a training as a cleared run does."""
    training.transform("transform_champion", training.results["build_cohort"]["parent_model"])
    training.transform("transform_challenger", training.results["create_model"])
    return training.evaluate()


def with_gate(loop, **limits):
    return replace(loop, gate=replace(loop.gate, **limits))


def test_a_stricter_gate_decides_anew(training, loop):
    """The new model is right in all images but scores only those of the first as it should: every draw is a win."""
    assert again(training).gate() == "promote"
    small = again(training, with_gate(loop, min_holdout_images=33))
    assert small.gate() == "record_approval"
    decision = small.results["gate"]
    assert (decision["decided"], decision["verdict"]) == (False, "cannot decide")
    assert decision["reasons"][0] == "The holdout has 32 images; 33 are needed to decide."
    assert decision["holdout"] == {"images": 32, "groups": 32, "objects": {"person": 32}}
    few = again(training, with_gate(loop, min_class_objects=40))
    assert few.gate() == "record_approval"
    assert again(training, with_gate(loop, confidence=0.9999)).results["evaluate"] == training.results["evaluate"]
    back = again(training)
    assert back.gate() == "promote"
    stored = [entry.uri for entry in ObjectStore().list(training.data.folder) if entry.uri.endswith("/gate.json")]
    assert len(stored) == 3, "each set of limits has its decision"
    assert back.results["gate"]["uri"] in stored


def test_the_receipt_of_a_run_that_cannot_decide_says_so(training, loop):
    undecided = again(training, with_gate(loop, min_holdout_images=33))
    undecided.register()
    undecided.gate()
    undecided.record()
    receipt = undecided.receipt()
    assert (receipt["verdict"], receipt["promoted"]) == ("cannot decide", False)
    assert receipt["evaluation"]["holdout"]["groups"] == 32
    decided = again(training)
    decided.gate()
    decided.results |= {name: undecided.results[name] for name in ("register_model", "record_approval")}
    assert decided.receipt()["verdict"] == "promote", "another decision has another receipt"


def test_a_corrected_label_is_evaluated_anew_and_nothing_is_run_anew(training, holdout, jobs):
    before, counted = training.results["evaluate"], jobs()
    lines = json.loads(json.dumps(holdout.lines))
    lines[0]["bounding-box"]["annotations"][0]["left"] += 90
    holdout.write(lines)
    corrected = measured(again(training))
    assert corrected["uri"] != before["uri"]
    assert corrected["challenger"] < before["challenger"] == 1.0
    assert jobs() == counted
    holdout.put_back()
    assert measured(again(training)) == before, "the evaluation of the holdout as it was is found again"


def test_a_scene_named_later_is_evaluated_anew(training, holdout, loop):
    lines = json.loads(json.dumps(holdout.lines))
    for number, line in enumerate(lines):
        line["bounding-box-metadata"]["group"] = f"scene {number % 9}"
    holdout.write(lines)
    grouped = again(training)
    assert measured(grouped)["holdout"]["groups"] == 9
    assert grouped.gate() == "record_approval"
    assert "show 9 scenes; 10 are needed to decide" in grouped.results["gate"]["reasons"][0]


def test_a_replaced_image_is_run_anew(training, holdout, jobs):
    before, counted = training.results["evaluate"], jobs()
    holdout.replace_image()
    with pytest.raises(HoldoutChangedError, match=r"clear the transform tasks: they run again"):
        again(training).evaluate()
    changed = measured(again(training))
    assert changed["uri"] != before["uri"]
    assert jobs() == (counted[0], counted[1] + 2)
    holdout.put_back()
    assert measured(again(training)) == before
    assert jobs() == (counted[0], counted[1] + 2)


def test_an_image_replaced_while_a_job_runs_spoils_the_job(training, holdout, jobs, monkeypatch):
    """Put back later, the image has its old ETag: the job's name alone would not tell what it read."""
    model, (_, counted) = training.results["create_model"], jobs()
    holdout.replace_image(shade=130)
    create = ModelHook.create_transform_job

    def replaced_meanwhile(hook, request):
        created = create(hook, request)
        holdout.replace_image(shade=131)
        return created

    with monkeypatch.context() as patch:
        patch.setattr(ModelHook, "create_transform_job", replaced_meanwhile)
        with pytest.raises(HoldoutChangedError):
            again(training).transform("transform_challenger", model)
    holdout.replace_image(shade=130)
    again(training).transform("transform_challenger", model)
    assert jobs()[1] == counted + 2, "what was spoiled is not adopted"


OTHER_CLASSES = {
    "another order": lambda classes: (*classes[1::-1], *classes[2:]),
    "another name": lambda classes: ("spaceship", *classes[1:]),
    "one more": lambda classes: (*classes, "spaceship"),
    "one fewer": lambda classes: classes[:-1],
}


@pytest.mark.parametrize("change", OTHER_CLASSES.values(), ids=OTHER_CLASSES)
def test_another_class_list_is_refused_before_anything_is_done(training, loop, s3, jobs, change):
    other, before = replace(loop, classes=change(tuple(loop.classes))), jobs()
    night = Night(loop, "2026-06-03").put(s3, a=encode(picture([(20, 30, 60, 40)])))
    for chunk in night.list():
        night.score(chunk)
    changed = Night(other, "2026-06-03")
    attempt = again(training, other)
    steps = {
        "score": lambda: (
            Night(other, "2026-06-04").put(s3, a=encode(picture([(20, 30, 60, 40)]))).list()
            and Night(other, "2026-06-04").score()
        ),
        "plan": changed.plan,
        "cohort": attempt.build_cohort,
        "train": attempt.train,
        "transform": lambda: attempt.transform("transform_champion", training.results["create_model"]),
        "evaluate": attempt.evaluate,
        "bootstrap": lambda: run(training_tasks.train_seed_model(other, 0)),
    }
    for name, step in steps.items():
        with pytest.raises(ClassesChangedError, match=r"Put the list back \(\[.*make another loop"):
            step()
        assert jobs() == before, name
    assert ObjectStore().describe(changed.files.plan) is None


def test_a_first_model_of_other_classes_is_another_training(loop):
    names = {
        TrainingSettings.of(replace(loop, classes=change(tuple(loop.classes))), {}).job_name("c", None, 0)
        for change in (tuple, *OTHER_CLASSES.values())
    }
    assert len(names) == 5


def test_a_model_of_which_no_list_is_known_is_taken_to_have_the_loops(loop, s3, stack, caplog):
    live = ModelHook().live_model(loop.endpoint.name)
    uri = ModelFiles.classes(live.artefact)
    kept = ObjectStore().read(uri)
    assert json.loads(kept) == list(loop.classes), "bootstrap writes it down"
    ObjectStore().delete(uri)
    try:
        night = Night(loop, "2026-06-05").put(s3, a=encode(picture([(20, 30, 60, 40)])))
        night.list()
        assert night.score()["errors"] == 0
        assert f"write them as a JSON list to {uri}" in caplog.text
        ObjectStore().write_once(uri, b'{"0": "cat"}')
        with pytest.raises(ClassesChangedError, match="is not a JSON list of class names"):
            night.plan()
    finally:
        ObjectStore().delete(uri)
        ObjectStore().write_once(uri, kept)
