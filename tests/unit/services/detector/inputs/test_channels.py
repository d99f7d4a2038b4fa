import json
import os
import threading

import pytest

from services.detector.contract.stopping import Stopping
from services.detector.errors import CustomerError
from services.detector.inputs.channels import Channels
from tests.unit.services.detector.conftest import encoded, frame, label

IMAGE = encoded()
LABEL = json.dumps(label((0, 1, 2, 30, 20))).encode()


def examples(job, channel="train"):
    return list(Channels(job.folders, Stopping()).examples(channel))


def fed(job, content, channel="train"):
    """What the channel gives when a writer on the other side of its FIFO writes `content`."""
    job.configure(**{channel: "Pipe"})
    path = job.folders.data / f"{channel}_0"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(content,), daemon=True)
    writer.start()
    try:
        return examples(job, channel)
    finally:
        writer.join(10)


def test_a_pipe_gives_images_and_labels_in_turn(job):
    one, other = fed(
        job, b"".join(frame(part) for part in (IMAGE, LABEL, IMAGE, b'{"image_size":[],"annotations":[]}'))
    )
    assert (one.image, one.label) == (IMAGE, json.loads(LABEL))
    assert one.source == "record 1 of the channel 'train'"
    assert other.label["annotations"] == []


def test_the_pipe_may_appear_later(job):
    job.configure(train="Pipe")
    path = job.folders.data / "train_0"

    def appear():
        os.mkfifo(path)
        path.write_bytes(frame(IMAGE) + frame(LABEL))

    late = threading.Timer(0.2, appear)
    late.start()
    assert len(examples(job)) == 1
    late.join(10)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "'train' holds no images"),
        (frame(LABEL) + frame(IMAGE), "Expected an image as record 1 .* exactly two: source-ref, then the label"),
        (frame(IMAGE) + frame(LABEL) + frame(b"{}"), "Expected an image as record 2"),
        (frame(IMAGE), "ends after an image, without its label"),
        (frame(IMAGE) + frame(IMAGE), "The label of record 1 .* is not JSON"),
        (IMAGE + LABEL, "set RecordWrapperType to RecordIO"),
    ],
    ids=["empty", "label-first", "metadata-too", "no-label", "two-images", "unwrapped"],
)
def test_a_pipe_that_holds_something_else(job, content, sentence):
    with pytest.raises(CustomerError, match=sentence):
        fed(job, content)


def test_a_manifest_beside_its_images(job):
    line = {"source-ref": "s3://bucket/any/a.jpg", "boxes": label(), "boxes-metadata": {}, "id": 7}
    job.configure(train="File")
    job.put("train/train.manifest", json.dumps(line).encode() + b"\n")
    job.put("train/a.jpg", IMAGE)
    (example,) = examples(job)
    assert (example.source, example.image, example.label) == ("line 1 of train.manifest", IMAGE, label())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "line 1 of train.manifest must be an object"),
        (b'{"source-ref": "a.jpg"}', "one label attribute and its -metadata"),
        (b'{"source-ref": "b.jpg", "x": {}, "x-metadata": {}}', "'b.jpg', which is not beside the manifest"),
    ],
)
def test_a_manifest_line_that_is_wrong(job, line, sentence):
    job.configure(train="File")
    job.put("train/train.manifest", line)
    with pytest.raises(CustomerError, match=sentence):
        examples(job)


def test_images_with_an_annotation_each(job):
    job.configure(train="File", train_annotation="File")
    job.put("train/sub/a.jpg", IMAGE)
    job.put("train_annotation/a.json", json.dumps({"file": "sub/a.jpg", "categories": [], **label()}).encode())
    (example,) = examples(job)
    assert (example.source, example.image, example.label["annotations"]) == ("a.jpg", IMAGE, [])


def test_an_annotation_of_an_image_that_is_not_there(job):
    job.configure(train="File", train_annotation="File")
    job.put("train_annotation/a.json", json.dumps({"file": "a.jpg", **label()}).encode())
    with pytest.raises(CustomerError, match=r"a\.json names the file 'a\.jpg', which is not in the channel 'train'"):
        examples(job)


@pytest.mark.parametrize(
    ("modes", "files", "sentence"),
    [
        ({"validation": "File"}, {}, r"'train' is required; this job has \['validation'\]"),
        ({"train": "File"}, {"train/a.jpg": IMAGE}, "need the channel 'train_annotation'"),
        ({"train": "File", "train_annotation": "File"}, {}, "'train' holds no images"),
        ({"train": "File"}, {"train/a.rec": b""}, "packed .rec files"),
        ({"train": "File"}, {"train/a.manifest": b"", "train/b.manifest": b""}, "holds 2 manifests; give one"),
    ],
)
def test_a_channel_that_cannot_be_read(job, modes, files, sentence):
    job.configure(**modes)
    for name, content in files.items():
        job.put(name, content)
    with pytest.raises(CustomerError, match=sentence):
        examples(job)


def test_no_channels_at_all(job):
    with pytest.raises(CustomerError, match="train and validation are required"):
        examples(job)


def test_the_model_channel(job):
    job.configure(train="File")
    assert Channels(job.folders, Stopping()).model_archive() is None
    job.configure(model="File")
    with pytest.raises(CustomerError, match="must hold exactly one model"):
        Channels(job.folders, Stopping()).model_archive()
    job.put("model/model.tar.gz", b"")
    assert Channels(job.folders, Stopping()).model_archive() == job.folders.data / "model" / "model.tar.gz"
    job.configure(model="Pipe")
    with pytest.raises(CustomerError, match="must be in File mode"):
        Channels(job.folders, Stopping()).model_archive()


def annotate(job, **files):
    """Put images of their own and annotations: path of the JSON to the `file` it names."""
    job.configure(train="File", train_annotation="File")
    for path, file in files.items():
        content = {"file": file, "categories": [], **label(), "of": path}
        job.put(f"train_annotation/{path}", json.dumps(content).encode())


def pictures(job, *paths):
    for path in paths:
        job.put(f"train/{path}", path.encode())


def test_images_of_one_name_keep_their_own_annotations(job):
    pictures(job, "cam1/0001.png", "cam2/0001.png", "0002.png")
    annotate(job, **{"x.json": "cam2/0001.png", "y.json": "cam1/0001.png", "z.json": "0002.png"})
    found = [(example.source, example.image, example.label["of"]) for example in examples(job)]
    assert found == [
        ("0002.png", b"0002.png", "z.json"),
        ("cam1/0001.png", b"cam1/0001.png", "y.json"),
        ("cam2/0001.png", b"cam2/0001.png", "x.json"),
    ]


def test_a_bare_name_means_the_image_at_the_annotations_own_path(job):
    pictures(job, "cam1/0001.png", "cam2/0001.png")
    annotate(job, **{"cam1/0001.json": "0001.png", "cam2/0001.json": "0001.png"})
    assert [example.label["of"] for example in examples(job)] == ["cam1/0001.json", "cam2/0001.json"]


def test_a_path_may_begin_above_the_channel(job):
    pictures(job, "cam1/0001.png", "cam2/0001.png")
    annotate(job, **{"a.json": "data/cam1/0001.png", "b.json": "data/cam2/0001.png"})
    assert [example.label["of"] for example in examples(job)] == ["a.json", "b.json"]


@pytest.mark.parametrize(
    ("images", "files", "sentence"),
    [
        (["a/1.png", "b/1.png"], {"x.json": "1.png", "y.json": "a/1.png"}, "x.json .* any of 'a/1.png', 'b/1.png'"),
        (["a/1.png"], {"x.json": "a/1.png", "y.json": "1.png"}, "Both x.json and y.json are annotations of 'a/1.png'"),
        (["a/1.png", "b/1.png"], {"x.json": "a/1.png"}, "of the channel 'train' have no annotation: 'b/1.png'"),
        ([f"{n}.png" for n in range(8)], {"x.json": "0.png"}, "'1.png', '2.png', '3.png', '4.png', '5.png' and 2 more"),
        (["a/1.png"], {"x.json": "b/1.png"}, "x.json names the file 'b/1.png', which is not in the channel 'train'"),
        (["a/1.png"], {"x.json": ""}, "x.json names the file '.', which is not in the channel 'train'"),
    ],
)
def test_what_has_no_partner_or_two_is_named(job, images, files, sentence):
    pictures(job, *images)
    annotate(job, **files)
    with pytest.raises(CustomerError, match=sentence):
        examples(job)


def manifest(job, *refs):
    rows = [{"source-ref": ref, "boxes": {**label(), "of": ref}, "boxes-metadata": {}} for ref in refs]
    job.configure(train="File")
    job.put("train/train.manifest", b"".join(json.dumps(row).encode() + b"\n" for row in rows))


def test_a_manifests_images_of_one_name_lie_in_their_folders(job):
    pictures(job, "cam1/1.png", "cam2/1.png", "2.png")
    manifest(job, "s3://b/x/cam2/1.png", "s3://b/x/cam1/1.png", "s3://b/x/2.png")
    assert [example.image for example in examples(job)] == [b"cam2/1.png", b"cam1/1.png", b"2.png"]


def test_a_manifests_images_of_one_name_are_not_one_file(job):
    pictures(job, "1.png")
    manifest(job, "s3://b/cam1/1.png", "s3://b/cam2/1.png")
    with pytest.raises(CustomerError, match=r"line 2 of .* but 1\.png is already the image of line 1"):
        examples(job)
