"""Reads single values: from JSON, and from the text of headers, query parameters and path labels."""

import base64
import binascii
import csv
import math
import re
from collections.abc import Callable

from services.awswire.errors import ServiceError, serialization_error
from services.awswire.models import Shape, Value
from services.awswire.timestamps import read_timestamp

_INTEGER_BITS = {"integer": 31, "long": 63}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_FLOAT_NAMES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_JAVA_NAMES = {
    "integer": "Integer",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "boolean": "Boolean",
    "timestamp": "Timestamp",
    "blob": "Blob",
}


def read_json_scalar(shape: Shape, value: Value, path: str) -> Value:
    """Read a value of a JSON body; SerializationException if it is of another type."""
    reader: Callable[[Shape, Value], Value] = _JSON_READERS.get(shape.type, _json_string)
    try:
        return reader(shape, value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _unreadable(shape, _token(value), path) from error


def read_text_scalar(shape: Shape, text: str, path: str) -> Value:
    """Read a value sent as text; lists are separated by commas, jsonvalues stay JSON text."""
    try:
        if shape.type == "list":
            return [_from_text(shape.member, part) for part in _split_list(text)]
        return _from_text(shape, text)
    except ValueError as error:
        raise _unreadable(shape, f"'{text}'", path) from error


def _unreadable(shape: Shape, what: str, path: str) -> ServiceError:
    return serialization_error(f"{what} can not be converted to {_JAVA_NAMES.get(shape.type, 'String')} at '{path}'")


def _token(value: Value) -> str:
    if isinstance(value, bool):
        return f"{str(value).upper()}_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    if isinstance(value, int | float):
        return "NUMBER_VALUE"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"


def _json_string(_shape: Shape, value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # half a surrogate pair is not a text: UnicodeEncodeError is a ValueError
    return value


def _json_integer(shape: Shape, value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != math.floor(value):
        raise ValueError
    return _in_bits(shape, int(value))


def _in_bits(shape: Shape, number: int) -> int:
    limit = 1 << _INTEGER_BITS[shape.type]
    if not -limit <= number < limit:
        raise ValueError
    return number


def _json_float(_shape: Shape, value: Value) -> float:
    if isinstance(value, str) and value in _FLOAT_NAMES:
        return _FLOAT_NAMES[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _json_boolean(_shape: Shape, value: Value) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _json_timestamp(_shape: Shape, value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return read_timestamp(value)


def _json_blob(shape: Shape, value: Value) -> bytes:
    return _base64(_json_string(shape, value))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error


_JSON_READERS: dict[str, Callable[[Shape, Value], Value]] = {
    "integer": _json_integer,
    "long": _json_integer,
    "float": _json_float,
    "double": _json_float,
    "boolean": _json_boolean,
    "timestamp": _json_timestamp,
    "blob": _json_blob,
}


def _from_text(shape: Shape, text: str) -> Value:
    if shape.type in _INTEGER_BITS:
        return _in_bits(shape, int(_number(text)))
    if shape.type in ("float", "double"):
        return _FLOAT_NAMES[text] if text in _FLOAT_NAMES else float(_number(text))
    if shape.type == "boolean":
        return _text_boolean(text)
    if shape.type == "timestamp":
        return read_timestamp(text)
    if shape.type == "blob":
        return _base64(text)
    return _base64(text).decode() if shape.jsonvalue and shape.location == "header" else text


def _number(text: str) -> str:
    """Accept only JSON's numbers: Python would also read `1_000` and other scripts' digits."""
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return text


def _text_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _split_list(text: str) -> list[str]:
    """Split at commas; an element with a comma is in double quotes, with backslashes before quotes."""
    parts = next(csv.reader([text], skipinitialspace=True, doublequote=False, escapechar="\\"), [])
    return [part.strip() for part in parts]
