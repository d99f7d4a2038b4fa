"""Amazon A2I's activation conditions, evaluated on a detector's boxes, for those who bring theirs.

The grammar is A2I's own: `{"Conditions": [...]}`. Its members are independent, and each can ask for a review. A member
is `{"And": [...]}`, `{"Or": [...]}`, `{"Not": {...}}` (A2I has no `Not`) or a `ConditionType` with its
`ConditionParameters`. A label is a class of the loop, a confidence 0..100.

Source: Amazon SageMaker Developer Guide, "JSON Schema for Human Loop Activation Conditions".
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.errors import RowError, SelectionError
from nightloop.domain.rows import fields
from nightloop.domain.selection.draw import draw_number

ANY_LABEL = "*"
LABEL_KEYS = {"ModerationLabelConfidenceCheck": "ModerationLabelName", "ObjectConfidenceCheck": "ObjectName"}
"""Types that look at a label's confidence, and the parameter that names the label; the second is ours."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "ConfidenceEquals": operator.eq,
    "ConfidenceLessThan": operator.lt,
    "ConfidenceLessThanEquals": operator.le,
    "ConfidenceGreaterThan": operator.gt,
    "ConfidenceGreaterThanEquals": operator.ge,
}


class Condition(Protocol):
    """Something that holds for an image or not."""

    def holds(self, prediction: Prediction, seed: int) -> bool:
        """Say whether a scored image meets the condition; equal for equal images and seeds."""
        ...


@dataclass(frozen=True, slots=True)
class ConfidenceCheck:
    """Some box of a label (or of any, `*`) whose confidence meets every comparison."""

    label: str
    comparisons: tuple[tuple[str, float], ...]

    def holds(self, prediction: Prediction, seed: int) -> bool:  # noqa: ARG002
        """Say whether one box meets all comparisons."""
        return any(
            all(COMPARISONS[name](100 * box.score, bound) for name, bound in self.comparisons)
            for box in prediction.boxes
            if box.score is not None and self.label in {ANY_LABEL, box.label}
        )


@dataclass(frozen=True, slots=True)
class Sampling:
    """A percentage of all images; the same image is always drawn alike, by the place of the condition too."""

    percentage: float
    place: str

    def holds(self, prediction: Prediction, seed: int) -> bool:
        """Say whether the image is drawn."""
        image = prediction.image
        return 100 * draw_number(seed, "sampling", self.place, image.uri, image.etag) < self.percentage


@dataclass(frozen=True, slots=True)
class And:
    """All of several."""

    parts: tuple[Condition, ...]

    def holds(self, prediction: Prediction, seed: int) -> bool:
        """Say whether all hold."""
        return all(part.holds(prediction, seed) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of several."""

    parts: tuple[Condition, ...]

    def holds(self, prediction: Prediction, seed: int) -> bool:
        """Say whether one holds."""
        return any(part.holds(prediction, seed) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of one."""

    part: Condition

    def holds(self, prediction: Prediction, seed: int) -> bool:
        """Say whether it does not hold."""
        return not self.part.holds(prediction, seed)


def parse_conditions(text: str, classes: Sequence[str], *, source: str = "conditions") -> tuple[Condition, ...]:
    """Read a document of activation conditions.

    :raises SelectionError: naming the place in it and what is wrong there.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SelectionError(f"is not JSON: {error}", source=source) from error
    reader = _Reader(tuple(classes), source)
    return reader.several(reader.field(document, "Conditions", ""), "Conditions")


@dataclass(frozen=True, slots=True)
class _Reader:
    classes: tuple[str, ...]
    source: str

    def several(self, values: object, place: str) -> tuple[Condition, ...]:
        if not isinstance(values, list) or not values:
            raise self.error(place, "must be a list of at least one condition")
        return tuple(self.one(value, f"{place}[{number}]") for number, value in enumerate(values))

    def one(self, value: object, place: str) -> Condition:
        if not isinstance(value, Mapping):
            raise self.error(place, f"must be a condition, not {value!r:.80}")
        keys = set(value)
        if keys == {"And"}:
            return And(self.several(value["And"], f"{place}.And"))
        if keys == {"Or"}:
            return Or(self.several(value["Or"], f"{place}.Or"))
        if keys == {"Not"}:
            return Not(self.one(value["Not"], f"{place}.Not"))
        if keys == {"ConditionType", "ConditionParameters"}:
            return self.simple(value, place)
        raise self.error(
            place, f"must hold And, Or or Not, or ConditionType and ConditionParameters; it holds {sorted(keys)}"
        )

    def simple(self, value: Mapping[str, Any], place: str) -> Condition:
        kind, parameters = value["ConditionType"], value["ConditionParameters"]
        place = f"{place}.ConditionParameters"
        if not isinstance(parameters, Mapping):
            raise self.error(place, "must be an object")
        if kind == "Sampling":
            return self.sampling(parameters, place)
        if kind in LABEL_KEYS:
            return self.check(LABEL_KEYS[kind], parameters, place)
        known = ", ".join([*LABEL_KEYS, "Sampling"])
        raise self.error(place, f"ConditionType {kind!r} is not about a detector's boxes; there are {known}")

    def sampling(self, parameters: Mapping[str, Any], place: str) -> Sampling:
        self.only(parameters, ["RandomSamplingPercentage"], place)
        percentage = self.number(parameters, "RandomSamplingPercentage", place)
        if percentage < 0.01:
            raise self.error(place, f"RandomSamplingPercentage must be 0.01 to 100, not {percentage:g}")
        return Sampling(percentage, place)

    def check(self, key: str, parameters: Mapping[str, Any], place: str) -> ConfidenceCheck:
        self.only(parameters, [key, *COMPARISONS], place)
        label = self.field(parameters, key, place)
        if label != ANY_LABEL and label not in self.classes:
            near = get_close_matches(str(label), self.classes, n=1)
            mend = f"; did you mean {near[0]!r}?" if near else f"; '{ANY_LABEL}' stands for any"
            raise self.error(place, f"{key} {label!r} is not one of the loop's classes{mend}")
        comparisons = tuple((name, self.number(parameters, name, place)) for name in COMPARISONS if name in parameters)
        if not comparisons:
            raise self.error(place, f"must compare with one of {', '.join(COMPARISONS)}")
        return ConfidenceCheck(str(label), comparisons)

    def only(self, parameters: Mapping[str, Any], known: list[str], place: str) -> None:
        for name in parameters:
            if name not in known:
                raise self.error(place, f"{name!r} is not a parameter here; there are {', '.join(known)}")

    def field(self, value: object, key: str, place: str) -> object:
        if not isinstance(value, Mapping) or key not in value:
            raise self.error(place, f"has no {key!r}")
        return value[key]

    def number(self, parameters: Mapping[str, Any], name: str, place: str) -> float:
        try:
            value = fields.number(parameters, name)
        except RowError as error:
            raise self.error(place, error.message) from error
        if not 0 <= value <= 100:
            raise self.error(place, f"{name} must be 0 to 100, not {value:g}")
        return value

    def error(self, place: str, message: str) -> SelectionError:
        return SelectionError(f"{place}: {message}" if place else message, source=self.source)
