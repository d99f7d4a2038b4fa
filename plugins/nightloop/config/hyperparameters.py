"""Hyperparameters: names and values of the built-in Object Detection algorithm, and whatever else a container takes.

Source: Amazon SageMaker Developer Guide, "Object Detection Hyperparameters".
"""

import math
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from nightloop.config.errors import LoopConfigError

DERIVED = {
    "num_classes": "it follows from the classes",
    "num_training_samples": "it follows from the manifest",
}
KNOWN = (
    "base_network",
    "use_pretrained_model",
    "epochs",
    "learning_rate",
    "lr_scheduler_factor",
    "lr_scheduler_step",
    "mini_batch_size",
    "optimizer",
    "momentum",
    "weight_decay",
    "image_shape",
    "label_width",
    "nms_threshold",
    "overlap_threshold",
    "freeze_layer_pattern",
    "kv_store",
    "early_stopping",
    "early_stopping_min_epochs",
    "early_stopping_patience",
    "early_stopping_tolerance",
)

# Inclusive; learning_rate must moreover be above 0.
_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, math.inf),
    "learning_rate": (0, 1),
    "lr_scheduler_factor": (0, 1),
    "mini_batch_size": (1, math.inf),
    "momentum": (0, 1),
    "weight_decay": (0, 1),
    "image_shape": (300, math.inf),
    "label_width": (7, math.inf),
    "nms_threshold": (0, 1),
    "overlap_threshold": (0, 1),
}
_CHOICES = {
    "base_network": ("vgg-16", "resnet-50"),
    "use_pretrained_model": ("0", "1"),
    "optimizer": ("sgd", "adam", "rmsprop", "adadelta"),
    "kv_store": ("dist_sync", "dist_async"),
}


def hyperparameters(values: object, path: Path, key: str) -> dict[str, str]:
    """Return hyperparameters as SageMaker takes them, text to text.

    A name that is nearly a known one, or a known one with an impossible value, is a LoopConfigError; names that are
    like nothing known are the container's own affair.
    """
    if not isinstance(values, Mapping):
        raise LoopConfigError(f"must be a mapping of hyperparameters, not {values!r:.80}", path=path, key=key)
    return {str(name): _checked(str(name), value, path, f"{key}.{name}") for name, value in values.items()}


def _checked(name: str, value: object, path: Path, key: str) -> str:
    if name in DERIVED:
        raise LoopConfigError(f"leave it out: {DERIVED[name]}", path=path, key=key)
    near = get_close_matches(name, KNOWN, n=1, cutoff=0.85)
    if near and name not in KNOWN:
        raise LoopConfigError(f"is not a hyperparameter; did you mean {near[0]!r}?", path=path, key=key)
    if not isinstance(value, str | int | float):
        raise LoopConfigError(f"must be text or a number, not {value!r:.80}", path=path, key=key)
    text = str(value)
    problem = _choice_violation(name, text) or _range_violation(name, text)
    if problem:
        raise LoopConfigError(problem, path=path, key=key)
    return text


def _choice_violation(name: str, text: str) -> str | None:
    choices = _CHOICES.get(name)
    return f"must be {' or '.join(choices)}, not {text!r}" if choices and text not in choices else None


def _range_violation(name: str, text: str) -> str | None:
    if name not in _RANGES:
        return None
    low, high = _RANGES[name]
    try:
        number = float(text)
    except ValueError:
        return f"must be a number, not {text!r}"
    if not low <= number <= high or (name == "learning_rate" and number == 0):
        return f"must be above 0 and at most 1, not {text}" if name == "learning_rate" else _outside(low, high, text)
    return None


def _outside(low: float, high: float, text: str) -> str:
    return f"must be at least {low:g}, not {text}" if high == math.inf else f"must be {low:g} to {high:g}, not {text}"
