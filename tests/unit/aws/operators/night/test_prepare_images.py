"""PrepareImages: what a model can be shown is written down once, as the live endpoint's task would see it."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import NightChangedError
from nightloop.aws.operators.night.chunk import ChunkOperator
from nightloop.aws.operators.night.prepare_images import PrepareImagesOperator
from nightloop.aws.storage.layout import ScoringFiles
from tests.support.large_night import cut_again, jpeg, list_images, preparing
from tests.support.night import LOOP, run, tried

FILES = ScoringFiles(f"{LOOP}/nights/2026-11-22")


def test_each_image_is_looked_at_once(s3, night):
    listed = list_images(s3, night, a=jpeg(), b=jpeg(turned=True), c=b"text")
    found = tried(s3, preparing, chunk="00000")
    assert found == {"uri": FILES.prepared("00000"), "images": 3, "errors": 1, "not_images": 0}
    plain, turned, text = night.rows(FILES.prepared("00000"))
    assert (plain["image"]["uri"], plain["width"], plain["height"], plain["boxes"]) == (listed[0].uri, 40, 20, [])
    assert len(plain["perceptual_hash"]) == 16
    assert (turned["image"]["original"], turned["width"], turned["height"]) == (listed[1].uri, 20, 40)
    assert turned["image"]["uri"] in s3.objects
    assert text["error"]["code"] == "UnreadableImage"


def test_another_size_of_chunks_is_refused(s3, night):
    list_images(s3, night, a=jpeg(), b=jpeg(), c=jpeg())
    cut_again(s3, night, 2)
    run(preparing(), chunk="00000")
    cut_again(s3, night, 3)
    with pytest.raises(NightChangedError, match="written for other images"):
        run(preparing(), chunk="00000")


def test_a_task_handles_its_own_chunk_only(s3, night):
    list_images(s3, night, a=jpeg(), b=jpeg(), c=jpeg())
    cut_again(s3, night, 2)
    assert run(preparing(), chunk="00001")["images"] == 1
    assert [row["image"]["uri"][-5:] for row in night.rows(FILES.prepared("00001"))] == ["c.jpg"]


def test_what_is_templated():
    assert issubclass(PrepareImagesOperator, ChunkOperator)
    assert {"chunk", "night"} <= set(PrepareImagesOperator.template_fields)
