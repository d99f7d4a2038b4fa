"""ChooseScoring: a night's way to its predictions is chosen once."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.operators.night.choose_scoring import ChooseScoringOperator
from nightloop.aws.storage.layout import ScoringFiles
from tests.support.large_night import cut_again
from tests.support.night import LOOP, NIGHT, image, prediction, run, tried

CHOICE = ScoringFiles(f"{LOOP}/nights/2026-11-22").choice


def choosing(by="auto", batch_from_images=3):
    given = {"task_id": "choose", "night": NIGHT, "chunks": ["00000", "00001"]}
    return ChooseScoringOperator(**given, by=by, batch_from_images=batch_from_images)


def listed(s3, night, count):
    night.lay(images=[image(number) for number in range(count)])
    cut_again(s3, night)


@pytest.mark.parametrize(
    ("by", "images", "chosen"),
    [("auto", 2, "endpoint"), ("auto", 3, "batch_transform"), ("batch_transform", 1, "batch_transform")],
)
def test_the_number_of_images_chooses(s3, night, by, images, chosen):
    listed(s3, night, images)
    chunks = tried(s3, lambda: choosing(by))
    assert chunks == ([] if chosen == "endpoint" else ["00000", "00001"])
    assert json.loads(s3.objects[CHOICE]) == {"asked": by, "batch_from_images": 3, "by": chosen, "images": images}


def test_a_choice_outlasts_the_settings(s3, night):
    listed(s3, night, 3)
    run(choosing())
    assert run(choosing(batch_from_images=100)) == ["00000", "00001"]


def test_two_at_once_choose_alike(s3, night):
    listed(s3, night, 3)
    s3.before("put_object", lambda: run(choosing(batch_from_images=100)))
    assert run(choosing()) == []


def test_a_night_begun_at_the_endpoint_stays_there(s3, night):
    listed(s3, night, 3)
    night.lay(predictions=[prediction(1)])
    assert run(choosing("batch_transform")) == []
