"""Hyperparameters of the built-in Object Detection algorithm, and any others that a container takes.

Source: Amazon SageMaker Developer Guide, "Object Detection Hyperparameters".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

DERIVED = {
    "num_classes": "it follows from the classes",
    "num_training_samples": "it follows from the manifest",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a known hyperparameter is for and may be: one of `choices`, or a number of a range, ends included.

    A hyperparameter without choices and range is known by name only.
    """

    description: str
    low: float | None = None
    high: float = math.inf
    above: bool = False
    choices: tuple[str, ...] = ()

    def problem(self, text: str) -> str | None:
        """Say what is wrong with a value, None when nothing is."""
        if self.choices:
            return None if text in self.choices else f"must be {_either(self.choices)}, not {text!r:.80}"
        return self._range_problem(text) if self.low is not None else None

    def _range_problem(self, text: str) -> str | None:
        try:
            number = float(text)
        except ValueError:
            return f"must be a number, not {text!r:.80}"
        low = self.low or 0
        if low <= number <= self.high and not (self.above and number == low):
            return None
        return f"must be {self.range}, not {text:.80}"

    @property
    def range(self) -> str:
        """The range in words."""
        if self.above:
            return f"above {self.low:g} and at most {self.high:g}"
        return f"at least {self.low:g}" if self.high == math.inf else f"from {self.low:g} to {self.high:g}"


KNOWN = {
    "base_network": Known("The network the detector is built on.", choices=("vgg-16", "resnet-50")),
    "use_pretrained_model": Known("1 starts from a network that knows ImageNet, 0 does not.", choices=("0", "1")),
    "epochs": Known("How many times the training sees each image.", 1),
    "learning_rate": Known("The first learning rate.", 0, 1, above=True),
    "lr_scheduler_factor": Known("The learning rate is multiplied by this at each step of lr_scheduler_step.", 0, 1),
    "lr_scheduler_step": Known('The epochs at which the learning rate falls, such as "3,6".'),
    "mini_batch_size": Known("How many images one step of the training sees.", 1),
    "optimizer": Known("The optimizer.", choices=("sgd", "adam", "rmsprop", "adadelta")),
    "momentum": Known("The momentum of sgd.", 0, 1),
    "weight_decay": Known("The weight decay of sgd and rmsprop.", 0, 1),
    "image_shape": Known("Images are scaled to a square of this side, in pixels.", 300),
    "label_width": Known("The width of the padded labels; Nightloop computes it from the manifest if left out.", 7),
    "nms_threshold": Known("Of two boxes that overlap by more (IoU), one is dropped.", 0, 1),
    "overlap_threshold": Known("A found box that overlaps a true one by this much (IoU) is right.", 0, 1),
    "freeze_layer_pattern": Known("A regular expression of the layers that are not trained."),
    "kv_store": Known("How several machines share weights.", choices=("dist_sync", "dist_async")),
    "early_stopping": Known("Whether the training stops once it no longer gets better."),
    "early_stopping_min_epochs": Known("The fewest epochs before it may stop early."),
    "early_stopping_patience": Known("How many epochs without a gain end the training."),
    "early_stopping_tolerance": Known("A gain in average precision below this counts as none."),
}


def _checked(values: object) -> object:
    """Return hyperparameters as SageMaker takes them, text to text.

    A name that is like none of the known ones is left to the container.

    :raises ValidationError: naming each wrong one.
    """
    if not isinstance(values, Mapping):
        return values
    problems = {str(name): _problem(str(name), value) for name, value in values.items()}
    wrong = [
        InitErrorDetails(
            type=PydanticCustomError("hyperparameter", "{problem}", {"problem": problem}),
            loc=(name,),
            input=values,
        )
        for name, problem in problems.items()
        if problem
    ]
    if wrong:
        raise ValidationError.from_exception_data("hyperparameters", wrong)
    return {str(name): str(value) for name, value in values.items()}


def _problem(name: str, value: object) -> str | None:
    if name in DERIVED:
        return f"leave it out: {DERIVED[name]}"
    near = get_close_matches(name, KNOWN, n=1, cutoff=0.85)
    if near and name not in KNOWN:
        return f"is not a hyperparameter; did you mean {near[0]!r}?"
    if not isinstance(value, str | int | float):
        return f"must be text or a number, not {'nothing' if value is None else f'{value!r:.80}'}"
    return KNOWN[name].problem(str(value)) if name in KNOWN else None


def _either(choices: tuple[str, ...]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}"


def _schema_of(known: Known) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": known.description}
    if known.choices:
        numbers = [int(choice) for choice in known.choices if choice.isdigit()]
        return schema | {"enum": [*known.choices, *numbers]}
    if known.low is None:
        return schema | {"type": ["string", "number", "boolean"]}
    low = {"exclusiveMinimum" if known.above else "minimum": known.low}
    return schema | {"type": ["number", "string"]} | low | ({} if known.high == math.inf else {"maximum": known.high})


Hyperparameters = Annotated[
    dict[str, str],
    BeforeValidator(_checked),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {name: _schema_of(known) for name, known in KNOWN.items()},
            "propertyNames": {"not": {"enum": list(DERIVED)}},
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        }
    ),
]
