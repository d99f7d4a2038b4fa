"""Operators: names from content, what is templated, and the pure parts of their work."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from airflow.sdk import BaseOperator, BaseSensorOperator

from nightloop.aws import operators, sensors
from nightloop.aws.errors import CohortError, SetupError
from nightloop.aws.operators.sagemaker.transform import common_folder
from nightloop.aws.operators.sagemaker.verify_endpoint import same_detections
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.storage.uris import join, split


def operator_classes():
    for package in (operators, sensors):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if kind.__module__ == module.name and issubclass(kind, BaseOperator | BaseSensorOperator):
                    yield kind


OPERATORS = sorted(operator_classes(), key=lambda kind: kind.__name__)


def test_all_rooms_are_looked_into():
    assert len(OPERATORS) > 45


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.__name__)
def test_arguments_are_keywords_and_templates_are_attributes(kind):
    parameters = dict(inspect.signature(kind.__init__).parameters)
    positional = [name for name, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD and name != "self"]
    assert not positional
    known = {name for base in kind.__mro__ if hasattr(base, "__init__") for name in _names(base)}
    assert set(kind.template_fields) <= known


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.__name__)
def test_every_argument_is_described(kind):
    own = [name for name in _names(kind) if "__init__" in vars(kind) and name not in {"self", "kwargs"}]
    documented = kind.__doc__ or ""
    assert [name for name in own if f":param {name}:" not in documented] == []


def _names(kind):
    return inspect.signature(kind.__init__).parameters


FLOW = {
    "loop": "voc",
    "task_ui": "voc-ui",
    "output": "s3://b/loops/voc/reviews",
    "role_arn": "arn:aws:iam::123456789012:role/r",
    "workteam_arn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/t",
    "title": "Draw",
    "description": "Correct",
}


@pytest.mark.parametrize(
    "change", [{"title": "Draw better"}, {"task_count": 3}, {"task_ui": "voc-ui-2"}, {"keywords": ("a",)}]
)
def test_a_changed_flow_definition_is_a_new_one(change):
    assert FlowSettings(**FLOW).name == FlowSettings(**FLOW).name
    assert FlowSettings(**FLOW | change).name != FlowSettings(**FLOW).name


def test_a_loop_s_flow_name_does_not_depend_on_keywords_being_there():
    request = FlowSettings(**FLOW).request("arn:ui")
    assert "TaskKeywords" not in request["HumanLoopConfig"]
    assert FlowSettings(**FLOW, keywords=("a",)).request("arn:ui")["HumanLoopConfig"]["TaskKeywords"] == ["a"]


TRAINING = TrainingSettings(
    loop="voc",
    image="1.dkr.ecr.us-east-1.amazonaws.com/object-detection:1",
    role_arn="arn:aws:iam::123456789012:role/r",
    hyperparameters={"epochs": "2", "mini_batch_size": "8"},
    classes=("cat", "dog"),
    attribute="box",
    output="s3://b/loops/voc/models",
)


def line(objects):
    return {"source-ref": "s3://b/i.jpg", "box": {"annotations": [{"class_id": 0}] * objects}}


def test_the_training_request_says_what_follows_from_the_manifest():
    lines = [line(1), line(90)]
    width = TRAINING.label_width(lines)
    request = TRAINING.request(
        name="n", train="s3://b/t", validation="s3://b/v", lines=lines, label_width=width, parent="s3://b/m.tar.gz"
    )
    parameters = request["HyperParameters"]
    assert (parameters["num_classes"], parameters["num_training_samples"]) == ("2", "2")
    assert (parameters["label_width"], parameters["mini_batch_size"]) == ("452", "2")
    channels = {channel["ChannelName"]: channel for channel in request["InputDataConfig"]}
    assert channels["train"]["DataSource"]["S3DataSource"]["AttributeNames"] == ["source-ref", "box"]
    assert channels["train"]["RecordWrapperType"] == "RecordIO"
    assert "ShuffleConfig" not in channels["validation"]
    assert (channels["model"]["InputMode"], channels["train"]["InputMode"]) == ("File", "Pipe")


def test_the_training_name_follows_from_what_is_learned_and_how():
    name = TRAINING.job_name("cohort", "parent", 0)
    assert name == TRAINING.job_name("cohort", "parent", 0)
    others = [("other", "parent", 0), ("cohort", "other", 0), ("cohort", None, 0), ("cohort", "parent", 1)]
    assert len({name, *(TRAINING.job_name(*other) for other in others)}) == 5


def test_holdout_images_share_a_folder():
    assert common_folder(["s3://b/a/x 1.jpg", "s3://b/a/x 2.jpg"]) == "s3://b/a/"
    assert common_folder(["s3://b/a/1.jpg", "s3://b/b/1.jpg"]) == "s3://b/"
    assert common_folder(["s3://b/a/1.jpg"]) == "s3://b/a/"
    with pytest.raises(CohortError, match="2 buckets"):
        common_folder(["s3://b/1.jpg", "s3://c/1.jpg"])


def test_answers_are_the_same_within_rounding():
    rows = [[14, 0.9, 0.1, 0.1, 0.5, 0.5], [3, 0.051, 0.2, 0.2, 0.3, 0.3]]
    nudged = [[3, 0.049, 0.2, 0.2, 0.3, 0.3], [14, 0.899, 0.101, 0.1, 0.5, 0.5]]
    assert same_detections(rows, nudged)
    assert not same_detections(rows, [[14, 0.7, 0.1, 0.1, 0.5, 0.5]])
    assert not same_detections(rows[:1], [*rows[:1], [2, 0.8, 0, 0, 1, 1]])
    assert not same_detections([[14, 0.9, 0.1, 0.1, 0.5, 0.5]], [[15, 0.9, 0.1, 0.1, 0.5, 0.5]])


def test_uris_are_plain_text():
    assert split("s3://b/a b%20/日本.jpg") == ("b", "a b%20/日本.jpg")
    assert join("s3://b/a/", "c d", "/e") == "s3://b/a/c d/e"
    with pytest.raises(SetupError, match=r"Write it as s3://bucket/key"):
        split("http://b/k")
