"""A folder of one's own images: read, split, and refused by name."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from local.demo.driver.left_running import _check_classes
from local.demo.driver.loop_file import PROJECT_LOOP
from local.demo.images.dataset import CLASSES, Dataset, Example, TrueBox, manifest
from local.demo.images.photos import load_photos
from local.errors import DataError

PHOTOS = Path(os.environ.get("NIGHTLOOP_PHOTOS") or Path(__file__).resolve().parents[6] / "shared" / "data" / "photos")


def image(form="JPEG", size=(40, 30), orientation=None):
    content = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    Image.new("RGB", size, "red").save(content, form, exif=exif)
    return content.getvalue()


def example(name):
    return Example(name, b"", 40, 30, (TrueBox(7, 1, 2, 10, 12),))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    names = {"pool": [f"p{number}.jpg" for number in range(24)], "holdout": ["h0.jpg", "h1.jpg"]}
    for part, files in names.items():
        for name in files:
            (tmp_path / "images" / name).write_bytes(image())
        (tmp_path / f"{part}.manifest").write_bytes(manifest(tuple(example(name) for name in files), "", "made"))
    return tmp_path


def names(examples):
    return [example.name for example in examples]


def test_the_pool_is_split_and_the_holdout_is_not(folder):
    dataset = load_photos(folder)
    assert isinstance(dataset, Dataset)
    assert len(dataset.seed) == 6
    assert sorted(names(dataset.seed) + names(dataset.night)) == sorted(f"p{number}.jpg" for number in range(24))
    assert names(dataset.holdout) == ["h0.jpg", "h1.jpg"]
    assert dataset.night[0].boxes == (TrueBox(7, 1, 2, 10, 12),)


def test_the_split_depends_on_names_and_seed_alone(folder):
    first = load_photos(folder)
    lines = (folder / "pool.manifest").read_text().splitlines()
    (folder / "pool.manifest").write_text("\n".join(reversed(lines)) + "\n")
    assert load_photos(folder) == first
    assert load_photos(folder, seed=8).seed != first.seed


def test_a_turned_photo_has_the_size_a_viewer_shows(folder):
    (folder / "images" / "h0.jpg").write_bytes(image(orientation=6))
    assert (load_photos(folder).holdout[0].width, load_photos(folder).holdout[0].height) == (30, 40)


def test_another_format_becomes_a_jpeg(folder):
    (folder / "images" / "h0.jpg").write_bytes(image("PNG"))
    with Image.open(io.BytesIO(load_photos(folder).holdout[0].jpeg)) as made:
        assert made.format == "JPEG"


def spoil_line(folder, change):
    path = folder / "holdout.manifest"
    first, *rest = path.read_text().splitlines()
    row = json.loads(first)
    change(row)
    path.write_text("\n".join([json.dumps(row), *rest]) + "\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row.pop("source-ref"), "source-ref"),
        (lambda row: row.update({"source-ref": "none.jpg"}), "none.jpg"),
        (lambda row: row.update({"source-ref": "../h1.jpg"}), "h1.jpg"),
        (lambda row: row.pop("bounding-box"), "bounding-box"),
        (lambda row: row["bounding-box-metadata"]["class-map"].update({"7": "unicorn"}), "unicorn"),
    ],
)
def test_a_bad_line_is_named(folder, change, said):
    spoil_line(folder, change)
    with pytest.raises(DataError) as error:
        load_photos(folder)
    assert "holdout.manifest, line 1" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["pool.manifest", "holdout.manifest"])
def test_a_missing_manifest_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match=name):
        load_photos(folder)


def test_an_unreadable_image_is_named(folder):
    (folder / "images" / "p3.jpg").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"p3\.jpg"):
        load_photos(folder)


def test_too_few_images_are_refused(folder):
    lines = (folder / "pool.manifest").read_text().splitlines()
    (folder / "pool.manifest").write_text("\n".join(lines[:23]))
    with pytest.raises(DataError, match="at least 24"):
        load_photos(folder)


@pytest.mark.skipif(not (PHOTOS / "pool.manifest").exists(), reason=f"no photos at {PHOTOS}; set NIGHTLOOP_PHOTOS")
def test_real_photos_are_read():
    dataset = load_photos(PHOTOS)
    assert len(dataset.seed) > 10
    assert len(dataset.night) > 30
    assert len(dataset.holdout) > 20
    assert not set(names(dataset.seed)) & set(names(dataset.night))


@pytest.mark.parametrize("twin", ["p3.jpg", "p3.png"])
def test_two_images_of_one_name_are_refused(folder, twin):
    (folder / "images" / twin).write_bytes(image("PNG" if twin.endswith("png") else "JPEG"))
    with (folder / "pool.manifest").open("ab") as pool:
        pool.write(manifest((example(twin),), "", "made"))
    with pytest.raises(DataError, match=r"pool\.manifest: two lines become p3\.jpg"):
        load_photos(folder)


@pytest.mark.parametrize(
    ("numbered", "classes"),
    [
        ({0: "bolt", 1: "nut"}, ("bolt", "nut")),
        ({3: "nut", 1: "bolt"}, ("bolt", "nut")),
        ({0: "cat"}, ("cat",)),
        ({7: "cat", 11: "dog"}, CLASSES),
    ],
)
def test_the_classes_are_those_of_the_manifests(folder, numbered, classes):
    """A line of Ground Truth's names only the classes that are on its image."""
    for name in ("pool.manifest", "holdout.manifest"):
        rows = [json.loads(line) for line in (folder / name).read_text().splitlines()]
        for index, row in enumerate(rows):
            number = sorted(numbered)[index % len(numbered)]
            row["bounding-box"]["annotations"][0]["class_id"] = number
            row["bounding-box-metadata"]["class-map"] = {str(number): numbered[number]}
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = load_photos(folder)
    assert dataset.classes == classes
    for made in (*dataset.seed, *dataset.night, *dataset.holdout):
        (box,) = made.boxes
        assert box.label == classes[box.class_id]
        assert box.label in numbered.values()
        assert made.manifest_line("a", "j")["bounding-box-metadata"]["class-map"] == {
            str(number): label for number, label in enumerate(classes)
        }


def test_a_class_with_two_numbers_is_named(folder):
    spoil_line(folder, lambda row: row["bounding-box-metadata"]["class-map"].update({"30": "cat"}))
    with pytest.raises(DataError, match=r"one class two numbers.*30: 'cat'"):
        load_photos(folder)


def test_a_loop_of_other_classes_says_what_to_change(folder, tmp_path):
    dataset = replace(load_photos(folder), classes=("bolt", "nut"))
    with pytest.raises(DataError, match=r"set its classes to \['bolt', 'nut'\].*NIGHTLOOP_LOOPS=folder make up"):
        _check_classes(dataset, PROJECT_LOOP)
    _check_classes(load_photos(folder), PROJECT_LOOP)
