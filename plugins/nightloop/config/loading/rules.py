"""What must hold between the sections of a loop file, and with other files.

Each section's model says what must hold inside the section. A rule looks only at settings that are right by themselves,
so it finds its mistake even if others are in the file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from nightloop.config.loading.document import Key, dotted
from nightloop.config.models.loop import LoopFile
from nightloop.config.schema.loop_schema import setting_schema

PROJECT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True)
class Rule:
    """A problem with the first of some settings, in view of the others; `check` gets the values of all."""

    keys: tuple[Key, ...]
    check: Callable[..., str | None]


def broken_rules(path: Path, given: Callable[[Key], Any], wrong: set[Key]) -> Iterator[tuple[Key, str]]:
    """Yield the keys that break a rule and how.

    :param given: Returns the value of a setting.
    :param wrong: The keys that are wrong by themselves.
    """
    for rule in RULES:
        if all(_is_sound(key, wrong) for key in rule.keys):
            problem = rule.check(path, *(given(key) for key in rule.keys))
            if problem:
                yield rule.keys[0], problem


def attribute_of(loop: LoopFile, key: Key) -> Any:  # noqa: ANN401  any setting
    """Return a setting of a file without other mistakes."""
    return attrgetter(dotted(key))(loop)


def setting_of(value: Any, key: Key) -> Any:  # noqa: ANN401  any setting
    """Return what a file with other mistakes gives for a key, else its default."""
    for part in key:
        if not isinstance(value, dict) or part not in value:
            return setting_schema(key).get("default")
        value = value[part]
    return value


def find_file(path: Path, name: str) -> Path | None:
    """Find a file that a loop file names: beside it, else in the project."""
    return next((place for place in _places(path, name) if place.is_file()), None)


def _is_sound(key: Key, wrong: set[Key]) -> bool:
    return not any(key[: len(other)] == other or other[: len(key)] == key for other in wrong)


def _name_problem(path: Path, name: str) -> str | None:
    return None if name == path.stem else f"must be {path.stem!r}, as the file is named, not {name!r}"


def _thresholds_problem(_: Path, thresholds: dict[str, float] | None, classes: list[str]) -> str | None:
    unknown = sorted(set(thresholds or {}) - set(classes))
    return f"names {', '.join(unknown)}, which the loop's classes do not hold" if unknown else None


def _compares(_: Path, share: float, task_count: int) -> str | None:
    if task_count > 1 or not share:
        return None
    return f"compares reviewers: review.task_count must be at least 2, not {task_count}"


def _scoring_problem(_: Path, by: str, queue: object) -> str | None:
    if by == "async_inference" and queue is None:
        return "needs an endpoint with a queue: add endpoint.async_inference, such as {}"
    if by in {"endpoint", "auto"} and queue is not None:
        return f"must be async_inference or batch_transform, not {by}: an endpoint with a queue answers nothing at once"
    return None


def _template_problem(path: Path, name: str) -> str | None:
    return _file_problem(path, name, "add the template")


def _conditions_problem(path: Path, name: str | None) -> str | None:
    return _file_problem(path, name, "add it") if name else None


def _file_problem(path: Path, name: str, correction: str) -> str | None:
    tried = " or ".join(dict.fromkeys(str(place) for place in _places(path, name)))
    return None if find_file(path, name) else f"there is no file {tried}; {correction}"


def _places(path: Path, name: str) -> list[Path]:
    return [path.parent / name, PROJECT / name]


RULES = (
    Rule((("name",),), _name_problem),
    Rule((("selection", "class_thresholds"), ("classes",)), _thresholds_problem),
    Rule((("scoring", "by"), ("endpoint", "async_inference")), _scoring_problem),
    Rule((("trust", "gold_share"), ("review", "task_count")), _compares),
    Rule((("trust", "tie_break_below"), ("review", "task_count")), _compares),
    Rule((("review", "template"),), _template_problem),
    Rule((("selection", "conditions"),), _conditions_problem),
)
