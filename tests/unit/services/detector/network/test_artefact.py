import gzip
import io
import json
import tarfile

import numpy as np
import pytest

from services.detector.errors import CustomerError
from services.detector.network.artefact import Artefact, check_parent, load_archive, load_folder, save
from services.detector.network.head import initial_parameters
from services.detector.network.trunk import FEATURES

TEXTS = {"num_classes": "3", "base_network": "vgg-16", "num_training_samples": "9"}
FILES = ["hyperparams.json", "model_algo_1-0000.params", "model_algo_1-symbol.json"]


@pytest.fixture
def artefact(generator):
    return Artefact(initial_parameters(FEATURES, 3, generator), TEXTS)


def archive(folder, path, prefix=""):
    with tarfile.open(path, "w:gz") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, prefix + file.name)
    return path


def test_the_folder_holds_the_built_in_algorithm_s_three_files(artefact, tmp_path):
    save(artefact, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    assert json.loads((tmp_path / "hyperparams.json").read_text()) == TEXTS


def test_what_is_saved_is_loaded(artefact, tmp_path):
    save(artefact, tmp_path / "model")
    for prefix in ("", "./"):
        loaded = load_archive(archive(tmp_path / "model", tmp_path / "model.tar.gz", prefix))
        assert loaded.hyperparameters == TEXTS
        for name, value in artefact.parameters.items():
            np.testing.assert_array_equal(loaded.parameters[name], value)
    assert load_folder(tmp_path / "model").parameters.keys() == artefact.parameters.keys()


def test_two_files_of_one_name_are_no_model(artefact, tmp_path):
    save(artefact, tmp_path / "model")
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for folder in ("old", "new"):
            tar.add(tmp_path / "model", folder)
    with pytest.raises(CustomerError, match=r"model\.tar\.gz holds two files named"):
        load_archive(path)


def test_equal_models_are_equal_bytes_and_dates(artefact, tmp_path):
    for name in ("one", "other"):
        save(artefact, tmp_path / name)
    for file in FILES:
        one, other = tmp_path / "one" / file, tmp_path / "other" / file
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_mtime == other.stat().st_mtime == 0


def test_a_failing_write_leaves_the_old_model(artefact, tmp_path, monkeypatch):
    save(artefact, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    artefact.parameters["hidden_bias"] += 1
    with pytest.raises(OSError, match="disk full"):
        save(artefact, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file_is_named(artefact, tmp_path, missing):
    save(artefact, tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(CustomerError, match=f"{missing} is missing"):
        load_folder(tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("hyperparams.json", b"{", "hyperparams.json is not JSON"),
        ("hyperparams.json", b"[]", "hyperparams.json is not an object"),
        ("hyperparams.json", b'{"num_classes": "4"}', "params holds"),
        ("model_algo_1-0000.params", b"\x12\x01\x00\x00", "params is damaged"),
        ("model_algo_1-symbol.json", b'{"nodes": []}', "A model trained by Amazon's own container"),
    ],
)
def test_a_foreign_file_is_named(artefact, tmp_path, file, content, sentence):
    save(artefact, tmp_path)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(CustomerError, match=sentence):
        load_folder(tmp_path)


def test_weights_that_are_no_numbers_are_refused(artefact, tmp_path):
    artefact.parameters["class_bias"][1] = np.nan
    save(artefact, tmp_path)
    with pytest.raises(CustomerError, match="holds infinite or NaN values"):
        load_folder(tmp_path)


def test_pickled_arrays_are_refused(artefact, tmp_path):
    save(artefact, tmp_path)
    buffer = io.BytesIO()
    np.savez(buffer, hidden_weight=np.array([object()], dtype=object))
    (tmp_path / "model_algo_1-0000.params").write_bytes(buffer.getvalue())
    with pytest.raises(CustomerError, match="params is damaged"):
        load_folder(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"not a tar", gzip.compress(b"not a tar", mtime=0), gzip.compress(b"x" * 2000, mtime=0)[:40]],
    ids=["text", "no tar", "cut off"],
)
def test_an_archive_that_is_none(tmp_path, content):
    path = tmp_path / "model.tar.gz"
    path.write_bytes(content)
    with pytest.raises(CustomerError, match=r"model\.tar\.gz is not a readable tar.gz"):
        load_archive(path)


@pytest.mark.parametrize(("name", "other"), [("num_classes", "4"), ("base_network", "resnet-50")])
def test_a_parent_of_another_shape_is_refused(artefact, name, other):
    check_parent(artefact, TEXTS)
    with pytest.raises(CustomerError, match=f"{name} '{TEXTS[name]}', and this job has '{other}'"):
        check_parent(artefact, TEXTS | {name: other})
