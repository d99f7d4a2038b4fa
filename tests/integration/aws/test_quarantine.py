"""A night against which something speaks is stopped: the lines are named and kept, and no training set takes it.

Answers and manifests are written here; what reviewers can spoil at the portal is in test_poisoned_night.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image as Images

from nightloop.aws.datasets.cohorts import Cohorts
from nightloop.aws.errors import ManifestCheckError
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.detection.answers import Answer, ReviewerAnswer
from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.images.image import Image
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, manifest_line

BOX = (20, 30, 60, 40)


def textured(seed: int) -> Images.Image:
    noise = np.random.default_rng(seed).integers(0, 255, (8, 12, 3), dtype=np.uint8)
    return Images.fromarray(noise).resize((200, 100), Images.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def loop(make_loop, s3):
    loop = make_loop()
    uri = Night(loop, "2026-01-01").put_key(s3, "held.png", encode(textured(1)))
    s3.put_object(
        Bucket=loop.bucket,
        Key="holdout.manifest",
        Body=json.dumps(manifest_line(uri, [BOX], list(loop.classes))).encode(),
    )
    return loop


def boxes_of(objects):
    """So many boxes, no two alike: an object that has its box twice would stop a night by itself."""
    left, top, width, height = BOX
    return [(left, top, width - number * 0.5, height) for number in range(objects)]


class Poisoned:
    """A night whose manifest and answers the test writes."""

    def __init__(self, loop, s3, date):
        self.loop, self.s3, self.night = loop, s3, Night(loop, date)
        self.lines, self.answers = [], []

    def reviewed(self, name, image, *, label="person", objects=1, etag=None, agreement=None):
        """Have an image reviewed: by one person, or by two who agree by so much."""
        uri = self.night.put_key(self.s3, name, encode(image))
        found = ObjectStore().describe(uri)
        class_id = self.loop.classes.index(label)
        line = manifest_line(uri, boxes_of(objects), list(self.loop.classes))
        for annotation in line["bounding-box"]["annotations"]:
            annotation["class_id"] = class_id
        self.lines.append(line)
        boxes = tuple(Box(class_id, label, 1.0, *map(float, box)) for box in boxes_of(objects))
        reviewers = (ReviewerAnswer(None, "2026-11-01T00:00:00Z", 1.0, True, boxes),) * (1 if agreement is None else 2)
        seen = Image(uri, etag or found.etag, found.size)
        share = 1.0 if agreement is None else agreement
        self.answers.append(Answer(seen, f"l-{name}", "audit", True, "m", 200, 100, reviewers, boxes, share))

    def check(self):
        store = ObjectStore()
        store.write_once(self.night.files.manifest, "\n".join(map(json.dumps, self.lines)).encode())
        store.write_once(
            self.night.files.answers, "\n".join(json.dumps(answer.to_json()) for answer in self.answers).encode()
        )
        return self.night.check()

    def quarantined(self):
        rows = self.night.lines(f"{self.night.folder}/rejected.jsonl")
        return {row["line"]: row["reasons"] for row in rows}

    def pages(self):
        return [found.uri for found in ObjectStore().list(f"{self.night.folder}/expectations-")]

    def is_stopped_by(self, reason, *lines):
        with pytest.raises(ManifestCheckError) as caught:
            self.check()
        assert reason.rstrip(".") in str(caught.value)
        assert self.quarantined() == {line: [reason.rstrip(".")] for line in lines}
        rows = self.night.lines(f"{self.night.folder}/rejected.jsonl")
        assert [row["manifest_line"] for row in rows] == [self.lines[line - 1] for line in lines]
        (page,) = (ObjectStore().read(uri).decode() for uri in self.pages())
        assert "<html" in page
        assert reason in page or reason.rstrip(".") in page
        nights = Cohorts(ObjectStore(), self.night.data).nights()
        assert self.night.files.date not in nights, "no receipt, so no training set takes it"


def test_an_honest_night_passes_and_keeps_its_page(loop, s3) -> None:
    night = Poisoned(loop, s3, "2026-03-01")
    night.reviewed("a.png", textured(2))
    assert night.check()["failed"] == 0
    assert len(night.pages()) == 1
    assert ObjectStore().describe(f"{night.night.folder}/rejected.jsonl") is None


def test_an_image_that_was_replaced_after_its_review(loop, s3) -> None:
    night = Poisoned(loop, s3, "2026-03-04")
    night.reviewed("a.png", textured(6), etag="of-the-image-the-reviewer-saw")
    night.reviewed("b.png", textured(7))
    night.is_stopped_by("Every image is still there, with the ETag it was reviewed with.", 1)


def test_an_image_that_is_gone(loop, s3) -> None:
    night = Poisoned(loop, s3, "2026-03-05")
    night.reviewed("a.png", textured(8))
    night.reviewed("b.png", textured(9))
    ObjectStore().delete(night.lines[1]["source-ref"])
    night.is_stopped_by("Every image is still there, with the ETag it was reviewed with.", 2)


def test_reviewers_who_do_not_agree(loop, s3) -> None:
    night = Poisoned(loop, s3, "2026-03-06")
    for number, agreement in enumerate((0.5, 0.25)):
        night.reviewed(f"{number}.png", textured(10 + number), agreement=agreement)
    night.is_stopped_by("The reviewers of the night agree.", 1, 2)


def test_classes_that_come_otherwise_than_in_the_last_training_set(loop, s3) -> None:
    """Both have the 50 objects it takes; people call everything by another name than in the seed."""
    seed = manifest_line(f"s3://{loop.bucket}/seed/0.png", boxes_of(50), list(loop.classes))
    s3.put_object(Bucket=loop.bucket, Key="seed.manifest", Body=json.dumps(seed).encode())
    night = Poisoned(loop, s3, "2026-03-07")
    night.reviewed("a.png", textured(12), label="dog", objects=50)
    night.is_stopped_by("The classes come about as often as in the last cohort.", 1)
