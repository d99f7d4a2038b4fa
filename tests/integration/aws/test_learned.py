"""What the live model learned from well gives way, where a budget cuts."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.history.training_history import images_per_class
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.detection.boxes.predictions import Box, Prediction
from nightloop.domain.images.image import Image
from nightloop.domain.lineage.origins import ModelOrigin
from nightloop.domain.rows.jsonl import dumps_lines
from tests.integration.aws.nights import Night

MODEL = "a-model"


@pytest.fixture
def night(make_loop, s3):
    made = Night(make_loop(budget={"reviews": 1}), "2026-07-01")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        made.put_key(s3, name, name.encode())
    return made


def scored(night, **labels):
    """Write that the model saw one box in each image, the first surest."""
    night.list()
    images = {row["uri"].rsplit("/", 1)[-1][0]: Image.from_json(row) for row in night.lines(night.files.images)}
    boxes = {
        name: Box(night.loop.classes.index(label), label, 0.4 - number / 100, 5, 5, 20, 20)
        for number, (name, label) in enumerate(labels.items())
    }
    rows = [Prediction(images[name], MODEL, 100, 100, (box,)) for name, box in boxes.items()]
    ObjectStore().write_once(night.files.predictions("00000"), dumps_lines(rows))


def learned(night, *labels):
    """Write that the model learned from one image of each label, half of them for validation."""
    files = {"train": night.loop_files.cohort("c").train, "validation": night.loop_files.cohort("c").validation}
    for number, uri in enumerate(files.values()):
        lines = [json.dumps(line(night, label)) for label in labels[number::2]]
        ObjectStore().write_once(uri, ("\n".join(lines) + "\n").encode())
    origin = ModelOrigin(MODEL, "job", "s3://x/model.tar.gz", "c", files["train"], files["validation"])
    ObjectStore().write_once(night.loop_files.model("job").origin, json.dumps(origin.to_json()).encode())


def line(night, label):
    number, attribute = night.loop.classes.index(label), night.loop.attribute
    annotation = {"class_id": number, "left": 1, "top": 1, "width": 9, "height": 9}
    return {
        "source-ref": f"s3://b/{label}.jpg",
        attribute: {"annotations": [annotation, annotation], "image_size": [{"width": 99, "height": 99, "depth": 3}]},
        f"{attribute}-metadata": {"class-map": {str(number): label}},
    }


def reviewed(night):
    night.plan()
    rows = night.lines(night.files.plan)
    return [row["image"]["uri"].rsplit("/", 1)[-1] for row in rows if not row.get("left_out")]


def test_a_class_the_model_knows_well_gives_way(night):
    scored(night, a="cat", b="cat", c="cow")
    learned(night, *["cat"] * 9, "cow")
    assert images_per_class(ObjectStore(), night.loop_files, MODEL, night.loop.attribute) == {"cat": 9, "cow": 1}
    assert reviewed(night) == ["c.jpg"]


def test_of_a_model_from_elsewhere_nothing_is_known(night):
    scored(night, a="cat", b="cat", c="cow")
    assert reviewed(night) == ["a.jpg"]


def test_a_training_set_that_is_gone_fails_no_night(night, caplog):
    scored(night, a="cat", b="cat", c="cow")
    learned(night, *["cat"] * 9, "cow")
    ObjectStore().delete(night.loop_files.cohort("c").train)
    assert reviewed(night) == ["a.jpg"]
    assert "What a-model learned from is not known" in caplog.text
