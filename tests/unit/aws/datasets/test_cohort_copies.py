"""No model learns from a picture it is measured on, in whatever copy."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import CohortError, ImageTooLargeError
from nightloop.aws.images.fingerprints import Fingerprints
from nightloop.aws.storage.layout import LoopFiles
from tests.support.memory_store import MemoryStore
from tests.unit.aws.images.test_perceptual_hash import scene
from tests.unit.aws.images.test_pixel_formats import encoded

BOX = {"class_id": 0, "left": 10, "top": 20, "width": 60, "height": 40}
HELD = scene(1)
DATA = DataSettings(
    folder="s3://b/l", seed="s3://b/seed.manifest", holdout="s3://b/holdout.manifest", classes=("cat",), attribute="bb"
)


def line(ref: str, image: Image.Image | None = None) -> dict:
    width, height = image.size if image else (320, 240)
    return {
        "source-ref": ref,
        "bb": {"annotations": [BOX], "image_size": [{"width": width, "height": height, "depth": 3}]},
        "bb-metadata": {
            "class-map": {"0": "cat"},
            "objects": [{"confidence": 1}],
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-01-01T00:00:00",
            "job-name": "labeling-job/x",
        },
    }


def manifest(*refs: str) -> bytes:
    return "\n".join(json.dumps(line(ref)) for ref in refs).encode()


def turned_photo(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(image.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


width, height = HELD.size
COPIES = {
    "saved anew.jpg": encoded(HELD, "JPEG", quality=40),
    "resized.png": encoded(HELD.resize((width // 3, height // 3)), "PNG"),
    "mirrored.jpg": encoded(HELD.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "JPEG", quality=60),
    "cropped.jpg": encoded(HELD.crop((3, 3, width - 4, height - 3)), "JPEG"),
    "turned.webp": encoded(HELD.rotate(2, Image.Resampling.BICUBIC), "WEBP"),
    "printed.jpg": encoded(HELD.convert("CMYK"), "JPEG"),
    "held sideways.jpg": turned_photo(HELD),
    "grey.png": encoded(HELD.convert("L"), "PNG"),
    "uploaded in parts.png": encoded(HELD, "PNG"),
}
OTHERS = {f"other-{number}.jpg": encoded(scene(number), "JPEG") for number in range(2, 8)}


def cohorts(extra: dict[str, bytes] | None = None, data: DataSettings = DATA, **etags: str) -> Cohorts:
    pictures = {f"s3://b/seed/{name}": body for name, body in (COPIES | OTHERS).items()}
    store = MemoryStore(
        {
            "s3://b/seed.manifest": manifest(*pictures),
            "s3://b/holdout.manifest": manifest("s3://b/h/1.png"),
            "s3://b/h/1.png": encoded(HELD, "PNG"),
            **pictures,
            **(extra or {}),
        },
        {"s3://b/seed/uploaded in parts.png": "0123456789abcdef0123456789abcdef-2", **etags},
    )
    return Cohorts(store, data)


def test_copies_in_the_seed_are_left_out_and_named() -> None:
    built = cohorts()
    merged = built.merge({}, None)
    assert [row["source-ref"].removeprefix("s3://b/seed/") for row in merged.lines] == sorted(OTHERS)
    assert {uri.removeprefix("s3://b/seed/") for uri in built.copies} == COPIES.keys()
    assert {copy.original for copy in built.copies.values()} == {"s3://b/h/1.png"}
    assert built.copies["s3://b/seed/uploaded in parts.png"].how == "the same bytes"
    assert "mirror" in built.copies["s3://b/seed/mirrored.jpg"].how
    written = built.write(merged)
    rows = [json.loads(row) for row in built.store.objects[written["copies"]].splitlines()]
    assert [row["uri"] for row in rows] == sorted(built.copies)


def test_copies_in_a_night_are_left_out_too() -> None:
    folder = "s3://b/l/nights/2026-01-01"
    night = {
        f"{folder}/receipt.json": b"{}",
        f"{folder}/answers.jsonl": b"",
        f"{folder}/manifest.jsonl": manifest("s3://b/night/copy.jpg", "s3://b/night/other.jpg"),
        "s3://b/night/copy.jpg": COPIES["mirrored.jpg"],
        "s3://b/night/other.jpg": encoded(scene(20), "JPEG"),
    }
    built = cohorts(night)
    refs = [row["source-ref"] for row in built.merge(built.nights(), None).lines]
    assert "s3://b/night/other.jpg" in refs
    assert "s3://b/night/copy.jpg" in built.copies


def test_a_holdout_picture_that_the_live_model_has_learned_is_told() -> None:
    built = cohorts()
    previous = [line(f"s3://b/{name}") for name in ("h/1.png", "seed/mirrored.jpg", "seed/other-2.jpg")]
    built.merge({}, previous)
    assert built.learned_before == ["s3://b/h/1.png", "s3://b/seed/mirrored.jpg"]
    built.merge({}, None)
    assert built.learned_before == []


def test_only_equal_bytes_count_where_bits_are_switched_off() -> None:
    built = cohorts(data=DataSettings(**{**DATA.__dict__, "copy_bits": None}))
    built.merge({}, None)
    assert list(built.copies) == ["s3://b/seed/uploaded in parts.png"]


def test_without_copies_nothing_is_written_of_them() -> None:
    built = cohorts({"s3://b/seed.manifest": manifest(*(f"s3://b/seed/{name}" for name in OTHERS))})
    assert "copies" not in built.write(built.merge({}, None))


def test_where_all_are_copies_that_is_said() -> None:
    built = cohorts({"s3://b/seed.manifest": manifest("s3://b/seed/mirrored.jpg")})
    with pytest.raises(CohortError, match=r"1 show what the holdout shows \(seed.copy_bits\)"):
        built.write(built.merge({}, None))


def test_an_image_that_is_gone_is_no_copy() -> None:
    built = cohorts({"s3://b/seed.manifest": manifest("s3://b/seed/gone.jpg", "s3://b/seed/other-2.jpg")})
    assert len(built.merge({}, None).lines) == 2


FILES = LoopFiles("s3://b/l")


def test_each_picture_is_read_once_for_each_of_its_versions() -> None:
    refs = [f"s3://b/p/{number}.png" for number in range(4)]
    store = MemoryStore({ref: encoded(scene(number), "PNG") for number, ref in enumerate(refs)})
    first = Fingerprints(store, FILES).of(refs[:3])
    again = Fingerprints(store, FILES).of(refs)
    assert {ref: again[ref] for ref in first} == first
    assert [store.reads[ref] for ref in refs] == [1, 1, 1, 1]
    store.objects[refs[0]] = encoded(scene(9), "PNG")
    assert Fingerprints(store, FILES).of(refs)[refs[0]] != first[refs[0]]
    assert [store.reads[ref] for ref in refs] == [2, 1, 1, 1]


def test_a_run_that_is_cut_off_keeps_what_it_had(monkeypatch) -> None:
    from nightloop.aws.images import fingerprints

    monkeypatch.setattr(fingerprints, "_KEPT_TOGETHER", 2)

    class Dying(MemoryStore):
        def read_version(self, uri: str) -> tuple[bytes, str]:
            if uri.endswith("3.png"):
                raise KeyboardInterrupt
            return super().read_version(uri)

    refs = [f"s3://b/p/{number}.png" for number in range(4)]
    store = Dying({ref: encoded(scene(number), "PNG") for number, ref in enumerate(refs)})
    with pytest.raises(KeyboardInterrupt):
        Fingerprints(store, FILES).of(refs)
    alive = MemoryStore(store.objects)
    assert len(Fingerprints(alive, FILES).of(refs)) == 4
    assert [alive.reads[ref] for ref in refs] == [0, 0, 1, 1]


def test_what_is_not_there_has_no_fingerprint_and_what_is_no_image_says_why() -> None:
    store = MemoryStore({"s3://b/text": b"text"})
    found = Fingerprints(store, FILES).of(["s3://b/text", "s3://b/gone", "http://elsewhere/1.jpg"])
    assert list(found) == ["s3://b/text"]
    assert found["s3://b/text"].error == "the bytes are not an image (text)"


def test_a_picture_replaced_while_it_is_looked_at_is_known_as_what_it_is_now() -> None:
    class Replaced(MemoryStore):
        def read_version(self, uri: str) -> tuple[bytes, str]:
            if uri == "s3://b/1.png":
                self.objects[uri] = encoded(scene(5), "PNG")
            return super().read_version(uri)

    store = Replaced({"s3://b/1.png": encoded(HELD, "PNG")})
    now = Fingerprints(store, FILES).of(["s3://b/1.png"])
    assert now == Fingerprints(MemoryStore(store.objects), FILES).of(["s3://b/1.png"])
    assert now["s3://b/1.png"].etag == store.describe("s3://b/1.png").etag


def test_a_picture_deleted_while_it_is_looked_at_is_gone_and_may_come_back() -> None:
    class Deleted(MemoryStore):
        def read_version(self, uri: str) -> tuple[bytes, str]:
            self.objects.pop("s3://b/1.png", None)
            return super().read_version(uri)

    store = Deleted({"s3://b/1.png": encoded(HELD, "PNG")})
    assert Fingerprints(store, FILES).of(["s3://b/1.png"]) == {}
    back = MemoryStore(store.objects | {"s3://b/1.png": encoded(HELD, "PNG")})
    assert len(Fingerprints(back, FILES).of(["s3://b/1.png"])) == 1


def test_too_little_memory_is_not_kept_as_the_picture_s_fault(monkeypatch) -> None:
    from nightloop.aws.images import decoding

    def no_memory(_: bytes) -> None:
        raise MemoryError

    store = MemoryStore({"s3://b/1.png": encoded(HELD, "PNG")})
    monkeypatch.setattr(decoding, "open_image", no_memory)
    with pytest.raises(ImageTooLargeError, match=r"s3://b/1.png"):
        Fingerprints(store, FILES).of(["s3://b/1.png"])
    monkeypatch.undo()
    assert Fingerprints(store, FILES).of(["s3://b/1.png"])["s3://b/1.png"].appearance is not None


def test_a_thumbnail_is_of_the_upright_picture() -> None:
    from nightloop.aws.images.fingerprints import fingerprint_of

    one, other = (fingerprint_of("u", "e", body) for body in (turned_photo(HELD), encoded(HELD, "PNG")))
    assert (one.width, one.height, one.plain) == (*HELD.size, False)
    assert other.plain
    assert (int(one.appearance.hash, 16) ^ int(other.appearance.hash, 16)).bit_count() <= 4
