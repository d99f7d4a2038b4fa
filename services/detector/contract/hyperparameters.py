"""The built-in algorithm's hyperparameters: names, types, ranges and defaults.

https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection-api-config.html
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.detector.errors import CustomerError

Parse = Callable[[str], Any]
IGNORED = ("_tuning_objective_metric",)  # a tuning job adds it


@dataclass(frozen=True)
class Hyperparameter:
    """One row of the table: `parse` raises ValueError for a value that does not fit `expects`."""

    parse: Parse
    expects: str
    default: str | None = None  # None: required


@dataclass(frozen=True)
class Hyperparameters:
    """The values of one job."""

    num_classes: int
    num_training_samples: int
    base_network: str
    use_pretrained_model: int
    epochs: int
    learning_rate: float
    lr_scheduler_step: tuple[int, ...]
    lr_scheduler_factor: float
    mini_batch_size: int
    optimizer: str
    momentum: float
    weight_decay: float
    image_shape: int
    label_width: int
    nms_threshold: float
    overlap_threshold: float
    freeze_layer_pattern: re.Pattern[str] | None
    early_stopping: bool
    early_stopping_min_epochs: int
    early_stopping_patience: int
    early_stopping_tolerance: float
    kv_store: str


def _integer(low: int, high: int | None = None) -> tuple[Parse, str]:
    def parse(text: str) -> int:
        value = int(text)
        if value < low or (high is not None and value > high):
            raise ValueError(text)
        return value

    return parse, f"an integer of at least {low}" if high is None else f"an integer from {low} to {high}"


def _number(expects: str, accepts: Callable[[float], bool]) -> tuple[Parse, str]:
    def parse(text: str) -> float:
        value = float(text)
        if not accepts(value):  # NaN compares as false and is refused
            raise ValueError(text)
        return value

    return parse, expects


def _choice(*choices: str) -> tuple[Parse, str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return parse, f"one of {', '.join(choices)}"


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


def _epochs(text: str) -> tuple[int, ...]:
    epochs = tuple(int(part) for part in text.split(",")) if text.strip() else ()
    if any(epoch < 1 for epoch in epochs):
        raise ValueError(text)
    return epochs


def _pattern(text: str) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


_ABOVE_ZERO_TO_ONE = _number("a number above 0 and at most 1", lambda value: 0 < value <= 1)
_BETWEEN = _number("a number above 0 and below 1", lambda value: 0 < value < 1)
_ZERO_TO_ONE = _number("a number from 0 to 1", lambda value: 0 <= value <= 1)
_ZERO_TO_BELOW_ONE = _number("a number from 0 to below 1", lambda value: 0 <= value < 1)

TABLE: dict[str, Hyperparameter] = {
    "num_classes": Hyperparameter(*_integer(1)),
    "num_training_samples": Hyperparameter(*_integer(1)),
    "base_network": Hyperparameter(*_choice("vgg-16", "resnet-50"), default="vgg-16"),
    "use_pretrained_model": Hyperparameter(*_integer(0, 1), default="1"),
    "epochs": Hyperparameter(*_integer(1), default="30"),
    "learning_rate": Hyperparameter(*_ABOVE_ZERO_TO_ONE, default="0.001"),
    "lr_scheduler_step": Hyperparameter(_epochs, "epochs from 1, separated by commas", default=""),
    "lr_scheduler_factor": Hyperparameter(*_BETWEEN, default="0.1"),
    "mini_batch_size": Hyperparameter(*_integer(1), default="32"),
    "optimizer": Hyperparameter(*_choice("sgd", "adam", "rmsprop", "adadelta"), default="sgd"),
    "momentum": Hyperparameter(*_ZERO_TO_ONE, default="0.9"),
    "weight_decay": Hyperparameter(*_ZERO_TO_BELOW_ONE, default="0.0005"),
    "image_shape": Hyperparameter(*_integer(300, 10_000), default="300"),
    "label_width": Hyperparameter(*_integer(7), default="350"),
    "nms_threshold": Hyperparameter(*_ABOVE_ZERO_TO_ONE, default="0.45"),
    "overlap_threshold": Hyperparameter(*_ABOVE_ZERO_TO_ONE, default="0.5"),
    "freeze_layer_pattern": Hyperparameter(_pattern, "a regular expression", default=""),
    "early_stopping": Hyperparameter(_boolean, "True or False", default="False"),
    "early_stopping_min_epochs": Hyperparameter(*_integer(1), default="10"),
    "early_stopping_patience": Hyperparameter(*_integer(1), default="5"),
    "early_stopping_tolerance": Hyperparameter(*_ZERO_TO_ONE, default="0.0"),
    "kv_store": Hyperparameter(*_choice("device", "dist_sync", "dist_async"), default="device"),
}


def read_hyperparameters(path: Path) -> dict[str, str]:
    """Read hyperparameters.json: one object whose values are all strings.

    :raises CustomerError: if the file is missing, or not such an object.
    """
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise CustomerError(
            "No hyperparameters were given; num_classes and num_training_samples are required."
        ) from error
    except ValueError as error:
        raise CustomerError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise CustomerError(f"{path.name} must be an object whose values are strings.")
    return values


def with_defaults(given: Mapping[str, str]) -> dict[str, str]:
    """Return every hyperparameter as text: given ones over defaults, without the quotes that some clients add."""
    defaults = {name: row.default for name, row in TABLE.items() if row.default is not None}
    return defaults | {name: _unquoted(text) for name, text in given.items() if name not in IGNORED}


def parse_hyperparameters(given: Mapping[str, str]) -> Hyperparameters:
    """Check and convert the text values of one job.

    :raises CustomerError: naming every unknown, missing or unacceptable hyperparameter, its value and its range.
    """
    texts = with_defaults(given)
    problems = [f"The hyperparameter '{name}' is not known." for name in sorted(texts.keys() - TABLE.keys())]
    values: dict[str, Any] = {}
    for name, row in TABLE.items():
        if name not in texts:
            problems.append(f"The hyperparameter '{name}' is required: {row.expects}.")
            continue
        try:
            values[name] = row.parse(texts[name])
        except (ValueError, KeyError, OverflowError, re.error):
            problems.append(
                f"The value '{texts[name]}' is not valid for the hyperparameter '{name}', which expects {row.expects}."
            )
    if problems:
        raise CustomerError(" ".join(problems))
    hyperparameters = Hyperparameters(**values)
    if hyperparameters.mini_batch_size > hyperparameters.num_training_samples:
        raise CustomerError(
            f"The value '{hyperparameters.mini_batch_size}' of the hyperparameter 'mini_batch_size' must not be above "
            f"num_training_samples, which is {hyperparameters.num_training_samples}."
        )
    return hyperparameters


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
