import json
import tarfile

import pytest

from services.sagemaker.containers.images import Images, repository_of
from services.sagemaker.containers.opt_ml import OptMl, container_environment, pack, unpack
from services.sagemaker.containers.recordio import frame_record


def read(layout, name):
    return json.loads((layout.root / "input/config" / name).read_text())


@pytest.fixture
def layout(tmp_path):
    made = OptMl(tmp_path / "opt-ml")
    made.make()
    return made


def test_configuration_files_are_what_real_jobs_find(layout):
    channels = [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/p"}},
            "ContentType": "application/x-recordio",
            "RecordWrapperType": "RecordIO",
            "InputMode": "Pipe",
        },
        {"ChannelName": "model", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/m"}}, "InputMode": "File"},
    ]
    layout.write_training_configuration({"epochs": "1"}, channels, "ml.p3.2xlarge")

    assert read(layout, "hyperparameters.json") == {"epochs": "1"}
    assert read(layout, "inputdataconfig.json") == {
        "train": {
            "ContentType": "application/x-recordio",
            "RecordWrapperType": "RecordIO",
            "S3DistributionType": "FullyReplicated",
            "TrainingInputMode": "Pipe",
        },
        "model": {"RecordWrapperType": "None", "S3DistributionType": "FullyReplicated", "TrainingInputMode": "File"},
    }
    resources = read(layout, "resourceconfig.json")
    assert resources["current_host"] == "algo-1"
    assert resources["hosts"] == ["algo-1"]
    assert resources["instance_groups"][0]["instance_type"] == "ml.p3.2xlarge"
    for folder in ("input/data", "model", "output/data", "checkpoints"):
        assert (layout.root / folder).is_dir()


def test_the_failure_file_is_read_up_to_1024_characters(layout):
    assert layout.failure() == ""
    (layout.root / "output/failure").write_text("ü" * 2000)
    assert layout.failure() == "ü" * 1024


def test_packing_is_relative_and_gives_equal_bytes_for_equal_content(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.txt").write_text("b")
    (folder / "deep/a.txt").write_text("a")
    pack(folder, tmp_path / "one.tar.gz")
    (folder / "b.txt").touch()
    pack(folder, tmp_path / "two.tar.gz")

    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    with tarfile.open(tmp_path / "one.tar.gz") as tar:
        assert tar.getnames() == ["b.txt", "deep", "deep/a.txt"]
    for _ in each_python(monkeypatch):
        unpack(tmp_path / "one.tar.gz", tmp_path / "out")
        assert (tmp_path / "out/deep/a.txt").read_text() == "a"
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def each_python(monkeypatch):
    """This Python, and then one before 3.11.4, whose tarfile has no filters."""
    yield
    original = tarfile.TarFile.extractall
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    # The older signature: a `filter` is a TypeError there.
    monkeypatch.setattr(tarfile.TarFile, "extractall", lambda tar, path, members=None: original(tar, path, members))
    yield


@pytest.mark.parametrize("name", ["../../escaped", "a/../../escaped"])
def test_an_archive_that_leaves_its_folder_is_refused(tmp_path, monkeypatch, name):
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        (tmp_path / "x").write_text("x")
        member = tar.gettarinfo(tmp_path / "x")
        member.name = name
        with (tmp_path / "x").open("rb") as content:
            tar.addfile(member, content)
    for _ in each_python(monkeypatch):
        with pytest.raises(tarfile.TarError):
            unpack(tmp_path / "bad.tar.gz", tmp_path / "deep/out")
    assert not (tmp_path / "escaped").exists()


def test_an_older_python_refuses_links(tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to("/etc/passwd")
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "link", arcname="link")
    for _ in each_python(monkeypatch):
        with pytest.raises(tarfile.TarError):
            unpack(tmp_path / "bad.tar.gz", tmp_path / "out")


def test_the_environment_has_no_secret_of_the_service(tmp_path, monkeypatch):
    monkeypatch.setenv("NIGHTLOOP_SAGEMAKER_ACCESS_KEYS", "{}")
    environment = container_environment(tmp_path, {"SAGEMAKER_BASE_DIR": "elsewhere", "MINE": "1"})
    assert environment["SAGEMAKER_BASE_DIR"] == str(tmp_path)
    assert environment["MINE"] == "1"
    assert not [name for name in environment if name.startswith("NIGHTLOOP_")]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5])
def test_a_record_is_padded_to_four_bytes_and_its_length_is_not(length):
    framed = frame_record(b"x" * length)
    assert framed[:4] == bytes.fromhex("0a23d7ce")
    assert int.from_bytes(framed[4:8], "little") == length
    assert len(framed) % 4 == 0
    assert framed[8 : 8 + length] == b"x" * length
    assert set(framed[8 + length :]) <= {0}


def test_images_are_known_by_the_end_of_their_address():
    images = Images({"object-detection:1": ("python", "-m", "detector")})
    image = "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1"
    assert images.command(image) == ("python", "-m", "detector")
    assert images.command(image.replace(":1", ":2")) is None
    assert repository_of(image) == "object-detection"
    assert images.resolved(image).startswith("811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection@sha256:")
