"""A night of 5 million images: listed, cut and planned by the operators themselves, on an S3 that computes its objects.

Nothing here takes longer or more memory than it has to on a real S3, but for the network. Scoring is left out: it is as
many times one chunk as there are chunks.
"""

from __future__ import annotations

import json
import os
import time

import pytest

from benchmarks.common.memory import forget_peak, peak_since_mb, present_mb
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.aws.operators.night.plan_reviews import PlanReviewsOperator
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.storage.layout import NightFiles
from nightloop.aws.storage.night_chunks import images_of_chunk, read_chunks
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import Budget
from nightloop.domain.images.chunks import chunk_name, chunk_size
from tests.integration.aws.running import run
from tests.simulation.synthetic_s3 import PAGE, SyntheticS3

NIGHT = NightFiles("s3://bucket/loops/voc/nights/2026-01-01")
IMAGES = "images/2026-01-01/"
LISTED = 5_000_000
PLANNED = int(os.environ.get("NIGHTLOOP_PLANNED_IMAGES", "200000"))
"""Planning reads each prediction twice: 5 million of them take minutes, and the memory of fewer says enough."""

ONE_IN = 10
"""One image in so many is one that the model is unsure of."""

MAP_LENGTH = 1024
LARGEST_OBJECT = 5 * 10**9


class Measured:
    """Seconds, and the most memory beyond what was held at the beginning."""

    def __enter__(self) -> Measured:
        self.before = present_mb()
        forget_peak()
        self.began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.began
        self.megabytes = peak_since_mb() - self.before


@pytest.fixture
def s3(tmp_path, monkeypatch):
    def make(**given) -> SyntheticS3:
        client = SyntheticS3(tmp_path, prefix=IMAGES, **given)
        monkeypatch.setattr(ObjectStore, "client", client)
        return client

    return make


def listing() -> list[str]:
    return run(ListImagesOperator(task_id="list", night=NIGHT.folder, images=f"s3://bucket/{IMAGES}"))


def test_five_million_images_are_listed_and_cut_in_little_memory(s3, record_property) -> None:
    client = s3(images=LISTED)
    with Measured() as measured:
        names = listing()
    size = client.size("loops/voc/nights/2026-01-01/images.jsonl")
    record_property("listing", {"seconds": measured.seconds, "MB": measured.megabytes, "bytes": size})
    print(f"listed {LISTED:,} images in {measured.seconds:.0f} s and {measured.megabytes:.0f} MB: {size / 1e6:.0f} MB")
    assert len(names) == 1_000 < MAP_LENGTH
    assert len(json.dumps(names)) < 16_384, "what Airflow's database keeps of them"
    assert measured.megabytes < 150, "8 bytes an image, and what S3's client and buffers take"
    assert size < LARGEST_OBJECT
    pages = LISTED // PAGE
    assert client.calls["list"] < pages + 10
    assert client.calls["put"] == 2, "the list and its cut"
    assert client.calls["get"] < 10

    chunks = read_chunks(ObjectStore(), NIGHT)
    assert (chunks.images, chunks.images_per_chunk, chunks.length) == (LISTED, 5_000, size)
    parts = [chunks.part(name) for name in names]
    assert [end for _, end in parts[:-1]] == [start for start, _ in parts[1:]]
    assert max(end - start for start, end in parts) < 2_000_000
    client.bytes_read = 0
    for number in (0, 499, 999):
        own = images_of_chunk(ObjectStore(), NIGHT, names[number])
        assert own[0].uri == f"s3://bucket/{client.key(number * 5_000)}"
        assert own[-1].uri == f"s3://bucket/{client.key(number * 5_000 + 4_999)}"
    assert client.bytes_read < 3 * 2_000_000, "a task reads its own part, not the night's list"
    client.calls.clear()
    assert listing() == names, "a rerun finds the same chunks"
    assert client.calls["put"] == 0


def test_a_night_of_millions_is_planned_in_the_memory_of_its_candidates(s3, record_property) -> None:
    size = chunk_size(PLANNED)
    chunks = [chunk_name(number) for number in range(-(-PLANNED // size))]
    made = {f"loops/voc/nights/2026-01-01/predictions/{chunk}.jsonl": number for number, chunk in enumerate(chunks)}

    def computed(key: str) -> bytes | None:
        return _predictions(client, made[key] * size, size) if key in made else None

    client = s3(images=PLANNED, computed=computed, made=tuple(made))
    listing()
    planning = PlanReviewsOperator(
        task_id="plan",
        night=NIGHT.folder,
        loop="voc",
        score_threshold=0.5,
        audit_share=0.01,
        seed=7,
        deciding=Deciding(budget=Budget(reviews=PLANNED // 100)),
    )
    client.calls.clear()
    with Measured() as measured:
        planned = run(planning)
    candidates = planned["reviews"] + sum(planned["left_out"].values())
    each = measured.megabytes * 1e6 / candidates
    record_property("planning", {"seconds": measured.seconds, "MB": measured.megabytes, "candidates": candidates})
    print(
        f"planned {PLANNED:,} images, {candidates:,} candidates, in {measured.seconds:.0f} s and "
        f"{measured.megabytes:.0f} MB: {each:.0f} bytes a candidate"
    )
    assert planned["reviews"] == PLANNED // 100
    assert PLANNED / ONE_IN <= candidates < 1.2 * PLANNED / ONE_IN
    assert measured.megabytes < 30 + 0.002 * candidates, "a candidate takes less than 2 kB, another image nothing"
    assert client.calls["get"] < 2 * len(chunks) + 20, "each file of predictions is read twice"
    assert client.calls["put"] == 1


def _predictions(client: SyntheticS3, start: int, count: int) -> bytes:
    """Write what a model sees in some images: three boxes in each, nearly certain but for one image in ten."""
    lines = []
    for number in range(start, min(start + count, client.images)):
        score = 0.2 + number % 29 / 100 if number % ONE_IN == 0 else 0.9
        boxes = ",".join(
            f'{{"class_id":{kind},"height":40.5,"label":"class {kind}","left":{number % 97}.25,"score":{score / share},'
            f'"top":20.125,"width":60.75}}'
            for share, kind in enumerate((number % 7, 7 + number % 5, 12), start=1)
        )
        lines.append(
            f'{{"boxes":[{boxes}],"height":480,"image":{{"bytes":{30_000 + number % 7},"etag":"{number:032x}",'
            f'"uri":"s3://bucket/{client.key(number)}"}},"model":"voc-model","perceptual_hash":"{number:016x}",'
            f'"width":640}}\n'
        )
    return "".join(lines).encode()
