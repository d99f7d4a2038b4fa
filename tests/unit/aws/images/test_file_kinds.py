"""Content says what is an image; what is none is left out as what it is, and only names of companions count."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from nightloop.aws.images import scoring
from nightloop.aws.images.scoring import Scorer
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.domain.images.image import Image as Listed
from nightloop.domain.images.image import companion_of
from tests.support.memory_store import MemoryStore
from tests.unit.aws.images.test_pixel_formats import encoded

FOLDER = "s3://b/images/2026-01-01/"
JPEG = encoded(Image.new("RGB", (20, 20)), "JPEG")


def listed(store: MemoryStore) -> list[str]:
    operator = ListImagesOperator(task_id="t", night="s3://b/l/nights/2026-01-01", images=FOLDER)
    operator.__dict__["store"] = store
    return [image.uri.removeprefix(FOLDER) for image in operator._found()]


def test_whatever_its_name_an_object_is_listed_and_none_is_read() -> None:
    names = ["a.jpg", "b.JPEG", "c.jfif", "d.jpe", "e.heic", "f.avif", "g", "h.mpo", "i.json", "j/k.txt"]
    store = MemoryStore({FOLDER + name: JPEG for name in names})
    assert listed(store) == names
    assert not store.reads


COMPANIONS = {
    "._photo.jpg": "._*",
    "day/._photo.jpg": "._*",
    ".DS_Store": ".DS_Store",
    "day/Thumbs.db": "Thumbs.db",
    "THUMBS.DB": "THUMBS.DB",
    "desktop.ini": "desktop.ini",
    "__MACOSX/day/photo.jpg": "__MACOSX",
    "@eaDir/photo.jpg/SYNOPHOTO_THUMB_M.jpg": "@eaDir",
}


def test_companions_are_left_out_by_name_and_counted() -> None:
    store = MemoryStore({FOLDER + name: JPEG for name in [*COMPANIONS, "photo.jpg"]} | {f"{FOLDER}day_$folder$": b""})
    assert listed(store) == ["photo.jpg"]
    counted = json.loads(store.objects["s3://b/l/nights/2026-01-01/companions.json"])
    assert counted["._*"] == 2
    assert sum(counted.values()) == len(COMPANIONS) + 1


@pytest.mark.parametrize(
    "name", ["photo._jpg", "my.DS_Store.jpg", "thumbs/1.jpg", "a_$folder$.jpg", "_", "MACOSX/1.jpg"]
)
def test_people_s_own_files_are_no_companions(name: str) -> None:
    assert companion_of(name, 10) is None


def test_a_folder_marker_is_empty() -> None:
    assert [companion_of("day/", 0), companion_of("day_$folder$", 0)] == ["folder marker"] * 2
    assert companion_of("day_$folder$", 7) is None


class Endpoint:
    concurrency = 1

    def detect(self, *_: object) -> dict[str, object]:
        return {"prediction": []}


def scored(name: str, body: bytes, store: MemoryStore | None = None, size: int | None = None) -> dict:
    store = store or MemoryStore({FOLDER + name: body})
    scorer = Scorer(
        store=store, runtime=Endpoint(), endpoint_name="e", model="m", classes=("cat",), normalised="s3://b/normalised/"
    )
    entry = store.describe(FOLDER + name)
    return scorer.score(Listed(entry.uri, entry.etag, size or entry.size)).to_json()


@pytest.mark.parametrize(
    ("name", "body", "error"),
    [
        ("sidecar.json", b'{"a": 1}', ("NotAnImage", "JSON")),
        ("readme", b"hello", ("NotAnImage", "text")),
        ("empty", b"", ("NotAnImage", "empty")),
        ("film.mp4", b"\0\0\0\x20ftypisom\0\0\2\0", ("NotAnImage", "video")),
        ("page.jpg", b"<html>503</html>", ("UnreadableImage", "the bytes are not an image (XML or HTML)")),
        ("empty.JPG", b"", ("UnreadableImage", "the object is empty")),
        ("broken", JPEG[:300], ("UnreadableImage", None)),
    ],
)
def test_what_is_no_image_is_left_out_unless_it_is_named_as_one(name: str, body: bytes, error: tuple) -> None:
    said = scored(name, body)["error"]
    assert said["code"] == error[0]
    assert error[1] is None or said["message"] == error[1]


@pytest.mark.parametrize("name", ["photo", "photo.json", "photo.jfif", "photo.heic"])
def test_an_image_is_scored_whatever_it_is_called(name: str) -> None:
    assert scored(name, JPEG)["boxes"] == []


def test_a_huge_file_is_never_read_whole(monkeypatch) -> None:
    monkeypatch.setattr(scoring, "MAXIMUM_FILE_BYTES", 1000)
    store = MemoryStore(
        {FOLDER + "film.mp4": b"\0\0\0\x20ftypisom" + bytes(2000), FOLDER + "photo.tif": b"II*\0" + bytes(2000)}
    )
    assert scored("film.mp4", b"", store)["error"] == {"code": "NotAnImage", "message": "video"}
    assert "the most are" in scored("photo.tif", b"", store)["error"]["message"]
    assert not store.reads


def test_no_memory_for_the_file_is_the_image_s_error() -> None:
    class Full(MemoryStore):
        def read_version(self, uri: str) -> tuple[bytes, str]:
            raise MemoryError

    said = scored("photo.jpg", b"", Full({FOLDER + "photo.jpg": JPEG}))["error"]
    assert said["code"] == "UnreadableImage"
    assert "memory" in said["message"]


def test_what_is_no_image_does_not_count_as_a_failure_of_the_night() -> None:
    from nightloop.aws.errors import TooManyFailuresError
    from nightloop.aws.operators.night.plan_reviews import PlanReviewsOperator
    from nightloop.config import Limits
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.detection.selection.scoring_tally import ScoringTally

    operator = PlanReviewsOperator(
        task_id="t", night="s3://b/l/nights/d", loop="l", score_threshold=0.5, audit_share=0, seed=1, limits=Limits()
    )
    others = [Prediction.failed(Listed(f"s3://b/{n}.json", "e", 1), "m", "NotAnImage", "JSON") for n in range(500)]
    operator._check_limit(ScoringTally(0.5).of(others))
    broken = [Prediction.failed(Listed(f"s3://b/{n}.jpg", "e", 1), "m", "UnreadableImage", "no") for n in range(20)]
    with pytest.raises(TooManyFailuresError, match="20 of 20 images have no score"):
        operator._check_limit(ScoringTally(0.5).of(others + broken))
