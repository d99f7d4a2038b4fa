"""Says in plain words what pydantic found wrong with a setting, and what is right."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from nightloop.config.schema.limits import choice_words, count_words, length_words, range_words

Schema = dict[str, Any]
"""The JSON Schema of one setting."""


def problem_of(error: ErrorDetails, schema: Schema, written: str) -> str:
    """Return what is wrong with a setting.

    :param schema: What the setting may be; of an unknown key, the schema of the section it stands in.
    :param written: The value as the file writes it.
    """
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    words = _WORDS.get(kind)
    if words is None:
        return error["msg"]
    return words(schema) if kind in _WITHOUT_VALUE else f"{words(schema)}, not {written}{_quotes(error)}"


def nearest(name: str, section: Schema) -> str | None:
    """Return the setting of a section that an unknown key was probably meant to be."""
    return next(iter(get_close_matches(name, section.get("properties", {}), n=1)), None)


def unknown_key(name: str, section: Schema) -> str:
    """Say that a section has no such setting, and which was meant."""
    near = nearest(name, section)
    settings = ", ".join(section.get("properties", {}))
    return f"is not a setting; {f'did you mean {near!r}?' if near else f'the settings here are {settings}'}"


def _missing(schema: Schema) -> str:
    examples = schema.get("examples")
    return f"is missing; add it, such as {_plain(examples[0])}" if examples else "is missing; add it"


def _plain(example: object) -> str:
    return example if isinstance(example, str) else repr(example).replace("'", "")


def _quotes(error: ErrorDetails) -> str:
    scalar = error["input"] is not None and not isinstance(error["input"], list | dict)
    return "; put it in quotes" if error["type"] == "string_type" and scalar else ""


def _says(text: str) -> Callable[[Schema], str]:
    return lambda _: text


_WORDS: dict[str, Callable[[Schema], str]] = {
    "missing": _missing,
    "dataclass_type": _says("must be a mapping of settings"),
    "dict_type": _says("must be a mapping"),
    "tuple_type": _says("must be a list"),
    "string_type": _says("must be text"),
    "int_type": _says("must be a whole number"),
    "int_from_float": _says("must be a whole number"),
    "float_type": _says("must be a number"),
    "finite_number": _says("must be a finite number"),
    "bool_type": _says("must be true or false"),
    "literal_error": lambda schema: f"must be {choice_words(schema)}",
    "greater_than": lambda schema: f"must be {range_words(schema)}",
    "greater_than_equal": lambda schema: f"must be {range_words(schema)}",
    "less_than": lambda schema: f"must be {range_words(schema)}",
    "less_than_equal": lambda schema: f"must be {range_words(schema)}",
    "too_short": lambda schema: f"must have {count_words(schema)}",
    "too_long": lambda schema: f"must have {count_words(schema)}",
    "string_too_short": lambda schema: f"must have {length_words(schema)}",
    "string_too_long": lambda schema: f"must have {length_words(schema)}",
}
_WITHOUT_VALUE = {"missing"}
