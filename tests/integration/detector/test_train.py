"""Training jobs as real processes, fed through real FIFOs."""

import json
import re
import signal
import time

import numpy as np
import pytest

from services.detector.network.artefact import load_folder, save
from tests.integration.detector.conftest import scene, scenes


def values(log, metric):
    """What SageMaker's regular expression of a built-in metric finds in a log."""
    return [float(value) for value in re.findall(rf"#quality_metric: host=\S+, epoch=\S+, {metric}=\((\S+)\)", log)]


def from_pipes(container, train, validation):
    container.pipe("train", train)
    container.pipe("validation", validation)


def test_a_first_model_from_pipes(first_model):
    container, code, log = first_model
    assert code == 0, log
    assert {path.name for path in (container.base / "model").iterdir()} == {
        "hyperparams.json",
        "model_algo_1-0000.params",
        "model_algo_1-symbol.json",
    }
    losses = values(log, "train cross_entropy <loss>")
    assert len(losses) == 6
    assert losses[-1] < 0.8 * losses[0]
    scores = values(log, "validation mAP <score>")
    assert max(scores) > 0.5
    assert max(scores) > scores[0]
    assert re.findall(r"#progress_metric: host=algo-1, completed (\S+) %", log)[-1] == "100.0"
    assert len(re.findall(r"#throughput_metric: host=algo-1, train throughput=(\S+) records/second", log)) == 6
    assert re.search(r"^\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d INFO \d+\] #quality_metric", log, re.MULTILINE)
    assert not (container.base / "output/failure").exists()


def test_a_pipe_is_read_once_whatever_the_epochs(first_model):
    container, _, _ = first_model
    assert {name: pipe.opened for name, pipe in container.pipes.items()} == {"train": 1, "validation": 1}


def test_equal_jobs_give_equal_bytes(first_model, container):
    container.hyperparameters(num_training_samples=12)
    from_pipes(container, scenes(12), scenes(6, seed=2))
    code, log = container.train()
    assert code == 0, log
    assert container.archive() == first_model[0].archive()


def test_incremental_training_starts_where_the_parent_ended(first_model, container):
    parent, _, parent_log = first_model
    container.hyperparameters(num_training_samples=16, use_pretrained_model=0, epochs=5)
    from_pipes(container, scenes(16), scenes(6, seed=2))
    container.file("model", "model.tar.gz", parent.archive())
    code, log = container.train()
    assert code == 0, log
    assert "Incremental training from model.tar.gz" in log
    losses, parent_losses = (values(text, "train cross_entropy <loss>") for text in (log, parent_log))
    assert losses[0] < 0.8 * parent_losses[0]
    assert losses[-1] < parent_losses[-1]
    assert max(values(log, "validation mAP <score>")) >= max(values(parent_log, "validation mAP <score>"))
    assert container.archive() != parent.archive()


@pytest.mark.parametrize(("name", "value"), [("num_classes", 3), ("base_network", "resnet-50")])
def test_a_parent_of_another_shape_is_the_customer_s_mistake(first_model, container, name, value):
    container.hyperparameters(num_training_samples=4, **{name: value})
    from_pipes(container, scenes(4), scenes(2))
    container.file("model", "model.tar.gz", first_model[0].archive())
    code, _ = container.train()
    assert code == 2
    assert f"was trained with {name} " in container.failure


def test_images_with_annotation_files(container):
    container.hyperparameters(num_training_samples=4, epochs=1)
    for channel, count in (("train", 4), ("validation", 2)):
        for number in range(count):
            image, label = scene(number)
            container.file(channel, f"{number}.jpg", image)
            annotation = {"file": f"{number}.jpg", "categories": [], **label}
            container.file(f"{channel}_annotation", f"{number}.json", json.dumps(annotation).encode())
    code, log = container.train()
    assert code == 0, log


def test_a_manifest_in_file_mode(container):
    container.hyperparameters(num_training_samples=2, mini_batch_size=2, epochs=1)
    for channel in ("train", "validation"):
        lines = []
        for number in range(2):
            image, label = scene(number)
            container.file(channel, f"{number}.jpg", image)
            lines.append(json.dumps({"source-ref": f"{number}.jpg", "boxes": label, "boxes-metadata": {}}))
        container.file(channel, "data.manifest", "\n".join(lines).encode())
    code, log = container.train()
    assert code == 0, log


BROKEN_IMAGE = (scene(1)[0][:900], scene(1)[1])
OTHER_CLASS = (
    scene(1)[0],
    {**scene(1)[1], "annotations": [{"class_id": 7, "left": 0, "top": 0, "width": 9, "height": 9}]},
)


@pytest.mark.parametrize(
    ("changed", "train", "sentence"),
    [
        ({"epoch": 3}, [], "The hyperparameter 'epoch' is not known."),
        ({"learning_rate": 2}, [], "The value '2' is not valid for the hyperparameter 'learning_rate', which expects"),
        ({"mini_batch_size": 5}, [], "'mini_batch_size' must not be above num_training_samples, which is 4"),
        ({"use_pretrained_model": 0}, [], "'use_pretrained_model' needs a channel 'model'"),
        ({"num_training_samples": 5}, scenes(4), "'num_training_samples' is not the number of images in the channel"),
        (
            {"label_width": 7},
            [(scene(0)[0], {**scene(0)[1], "annotations": scene(0)[1]["annotations"] * 2})],
            "label_width",
        ),
        ({}, [OTHER_CLASS], "has class_id 7; num_classes is 2"),
        ({}, [BROKEN_IMAGE], "The image of record 1 of the channel 'train' cannot be used. The image is damaged"),
        ({}, [(b"{}", {})], "AttributeNames must be exactly two"),
    ],
    ids=["unknown", "range", "batch", "scratch", "count", "label-width", "class", "image", "order"],
)
def test_the_customer_s_mistakes(container, changed, train, sentence):
    container.hyperparameters(**({"num_training_samples": 4} | changed))
    from_pipes(container, train, scenes(1))
    code, log = container.train()
    assert code == 2, log
    assert sentence in container.failure
    assert len(container.failure.encode()) <= 1024
    assert list((container.base / "model").iterdir()) == []


def test_training_that_diverges_is_said_so(first_model, containers):
    """A parent of enormous weights overflows at once, as a learning rate far too high would in the end."""
    monster, container = containers("monster"), containers("job")
    artefact = load_folder(first_model[0].base / "model")
    for name, value in artefact.parameters.items():
        artefact.parameters[name] = value * np.float32(1e30)
    save(artefact, monster.base / "model")
    container.hyperparameters(num_training_samples=4)
    from_pipes(container, scenes(4), scenes(1))
    container.file("model", "model.tar.gz", monster.archive())
    code, log = container.train()
    assert code == 2, log
    assert container.failure == "Training diverged in epoch 0: lower the hyperparameter 'learning_rate'."
    assert list((container.base / "model").iterdir()) == []


def test_a_missing_channel(container):
    container.hyperparameters(num_training_samples=4)
    container.pipe("train", scenes(4))
    code, _ = container.train()
    assert code == 2
    assert container.failure == "The channel 'validation' is required; this job has ['train']."


def test_our_own_failure_is_an_algorithm_error(container):
    container.hyperparameters(num_training_samples=4)
    (container.base / "input/config/inputdataconfig.json").write_text("{")
    code, _ = container.train()
    assert code == 1
    assert container.failure.startswith("inputdataconfig.json is not JSON")


@pytest.mark.parametrize(
    ("moment", "sign"), [("waiting", "Waiting for the pipe validation_0"), ("training", "Updating the best model")]
)
def test_sigterm_stops_within_seconds(container, moment, sign):
    container.hyperparameters(num_training_samples=4, epochs=100_000)
    container.pipe("train", scenes(4))
    if moment == "training":
        container.pipe("validation", scenes(1))
    else:
        container.declare("validation", "Pipe")
    process = container.start("train")
    try:
        for line in process.stdout:
            if sign in line:
                break
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        for pipe in container.pipes.values():
            pipe.end()
    assert process.returncode == 0, log
    assert "Stopped on request" in log
    assert time.monotonic() - started < 5
    kept = {path.name for path in (container.base / "model").iterdir()}
    assert ("model_algo_1-0000.params" in kept) == (moment == "training")
    assert not any(name.startswith(".") for name in kept)


def test_a_command_that_is_none(container):
    process = container.start("tune")
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 64
    assert "train|serve" in log


def test_an_image_with_nothing_in_it_can_be_trained_on(container):
    container.hyperparameters(num_training_samples=4, epochs=1)
    empty = (scene(9)[0], {**scene(9)[1], "annotations": []})
    from_pipes(container, [*scenes(3), empty], [scene(1), empty])
    code, log = container.train()
    assert code == 0, log
    assert np.isfinite(values(log, "train smooth_l1 <loss>")).all()
