"""The model artefact: the three files the built-in algorithm leaves in `/opt/ml/model`, and its model.tar.gz.

`hyperparams.json` holds the job's hyperparameters, `model_algo_1-0000.params` the head's weights (an .npz of float32
arrays), `model_algo_1-symbol.json` what they mean. Equal models are equal byte for byte.
"""

import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

import numpy as np

from services.detector.contract.folders import write_whole
from services.detector.errors import CustomerError
from services.detector.network.head import HIDDEN, Parameters, initial_parameters
from services.detector.network.trunk import FEATURES, MODEL

HYPERPARAMETERS = "hyperparams.json"
PARAMETERS = "model_algo_1-0000.params"
SYMBOL = "model_algo_1-symbol.json"
MAX_FILE_BYTES = 256 * 1024 * 1024
LAYOUT = "nightloop-multibox-head-1"


@dataclass(frozen=True)
class Artefact:
    """A trained head and the hyperparameters, as text, it was trained with."""

    parameters: Parameters
    hyperparameters: dict[str, str]


def save(artefact: Artefact, folder: Path) -> None:
    """Write the three files, each whole or not at all, without any time in them."""
    contents = {
        HYPERPARAMETERS: _json(artefact.hyperparameters),
        SYMBOL: _json(_symbol(artefact.parameters)),
        PARAMETERS: _npz(artefact.parameters),
    }
    for name, content in sorted(contents.items()):
        write_whole(folder / name, content)
        os.utime(folder / name, (0, 0))


def load_folder(folder: Path) -> Artefact:
    """Read an unpacked artefact.

    :raises CustomerError: if a file is missing, or is not what `save` writes; the file is named.
    """
    contents = {path.name: path.read_bytes() for path in folder.glob("*") if path.name in _NAMES}
    return _artefact(contents, str(folder))


def load_archive(archive: Path) -> Artefact:
    """Read a model.tar.gz without unpacking it.

    :raises CustomerError: if it is not a tar.gz, or a file is missing or not what `save` writes; the file is named.
    """
    contents = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = PurePosixPath(member.name).name
                if name in contents:
                    raise CustomerError(f"{archive.name} holds two files named {name}; a model has one of each.")
                if name in _NAMES and member.isfile() and member.size <= MAX_FILE_BYTES:
                    stream = tar.extractfile(member)
                    assert stream is not None  # a regular file always has one
                    contents[name] = stream.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise CustomerError(f"{archive.name} is not a readable tar.gz: {error}.") from error
    return _artefact(contents, archive.name)


def check_parent(parent: Artefact, hyperparameters: Mapping[str, str]) -> None:
    """Refuse incremental training from a model of another shape.

    :raises CustomerError: if `num_classes` or `base_network` differ; both values are named.
    """
    for name in ("num_classes", "base_network"):
        before, now = parent.hyperparameters.get(name), hyperparameters[name]
        if before != now:
            raise CustomerError(
                f"The model in the channel 'model' was trained with {name} '{before}', and this job has '{now}'. "
                "Incremental training needs the same; train a new model instead."
            )


_NAMES = (HYPERPARAMETERS, PARAMETERS, SYMBOL)


def _artefact(contents: Mapping[str, bytes], source: str) -> Artefact:
    for name in _NAMES:
        if name not in contents:
            raise CustomerError(f"{source} is not a model of this algorithm: {name} is missing.")
    hyperparameters = _read_json(contents[HYPERPARAMETERS], source, HYPERPARAMETERS)
    if _read_json(contents[SYMBOL], source, SYMBOL).get("layout") != LAYOUT:
        raise CustomerError(
            f"{source} is not a model of this algorithm: {SYMBOL} does not describe a {LAYOUT}. "
            "A model trained by Amazon's own container cannot be continued or served by this one."
        )
    try:
        with np.load(BytesIO(contents[PARAMETERS]), allow_pickle=False) as arrays:
            parameters = {name: arrays[name].astype(np.float32) for name in arrays.files}
        classes = int(str(hyperparameters["num_classes"]))
    except (ValueError, OSError, KeyError, EOFError) as error:
        raise CustomerError(f"{source} is not a model of this algorithm: {PARAMETERS} is damaged: {error}.") from error
    expected = _shapes(initial_parameters(FEATURES, classes, np.random.default_rng(0)))
    if _shapes(parameters) != expected:
        raise CustomerError(
            f"{source} is not a model of this algorithm: {PARAMETERS} holds {_shapes(parameters)}, not {expected}."
        )
    if not all(np.isfinite(value).all() for value in parameters.values()):
        raise CustomerError(f"{source} is not a model of this algorithm: {PARAMETERS} holds infinite or NaN values.")
    return Artefact(parameters, {name: str(value) for name, value in hyperparameters.items()})


def _symbol(parameters: Parameters) -> dict[str, object]:
    return {
        "layout": LAYOUT,
        "trunk": MODEL.name,
        "hidden": HIDDEN,
        "features": FEATURES,
        "parameters": {name: list(shape) for name, shape in _shapes(parameters).items()},
    }


def _shapes(parameters: Parameters) -> dict[str, tuple[int, ...]]:
    return {name: parameters[name].shape for name in sorted(parameters)}


def _npz(parameters: Parameters) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, **{name: parameters[name] for name in sorted(parameters)})  # type: ignore[arg-type]
    return buffer.getvalue()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def _read_json(content: bytes, source: str, name: str) -> dict[str, object]:
    try:
        value = json.loads(content)
    except ValueError as error:
        raise CustomerError(f"{source} is not a model of this algorithm: {name} is not JSON.") from error
    if not isinstance(value, dict):
        raise CustomerError(f"{source} is not a model of this algorithm: {name} is not an object.")
    return value
