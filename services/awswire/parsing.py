"""Reads a request into the Python values of its operation's input shape.

Timestamps become aware datetimes, blobs bytes; members the model does not know are ignored, as AWS does.
A value that cannot be read raises a SerializationException that says where.
"""

import json
from typing import NoReturn
from urllib.parse import parse_qs

from services.awswire.errors import serialization_error
from services.awswire.models import Operation, Service, Shape, Value
from services.awswire.request import WireRequest, header_text
from services.awswire.scalars import read_json_scalar, read_text_scalar

# The longest list a call takes has some thousands of items.
_MOST_VALUES = 100_000
_OPENERS = b"[{,"
_NEITHER_QUOTE_NOR_OPENER = bytes(set(range(256)) - set(b'"' + _OPENERS))
# One call into C makes every other thread wait: a slice takes milliseconds.
_SLICE = 1 << 18


def parse(service: Service, operation: Operation, labels: dict[str, str], request: WireRequest) -> dict[str, Value]:
    """Read the operation's parameters; jsonvalue strings are still text, see `decode_json_values`."""
    if operation.input is None:
        return {}
    if service.is_json:
        return _read_structure(operation.input, _load_object(request.body), "")
    return {
        **_read_body(operation.input, request.body),
        **_read_query(operation.input, request.head.query),
        **_read_headers(operation.input, request),
        **_read_labels(operation.input, labels),
    }


def decode_json_values(shape: Shape, value: Value) -> Value:
    """Replace the text of every jsonvalue member by its value; done after validation, which measures the text."""
    if value is None:
        return None
    if shape.jsonvalue and shape.type == "string":
        return _load(value, shape.name)
    if shape.type == "structure" and not shape.document:
        return {name: decode_json_values(shape.members[name], inner) for name, inner in value.items()}
    if shape.type == "list":
        return [decode_json_values(shape.member, inner) for inner in value]
    if shape.type == "map":
        return {key: decode_json_values(shape.value, inner) for key, inner in value.items()}
    return value


def _load_object(body: bytes) -> dict[str, Value]:
    _refuse_many_values(body)
    value = _load(body, "the body") if body.strip() else {}
    if not isinstance(value, dict):
        raise serialization_error("the body must be a JSON object")
    return value


def _refuse_many_values(body: bytes) -> None:
    """Refuse a body of more values than any call has: the reader of JSON stops all other work while it reads them."""
    seen, start, in_text = 0, 0, False
    while start < len(body):
        end = _end_of_slice(body, start)
        # In a text a backslash takes the next character with it, so the remaining quotes open and close texts.
        plain = body[start:end].replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = plain.translate(None, _NEITHER_QUOTE_NOR_OPENER).split(b'"')
        seen += sum(map(len, parts[in_text::2]))
        if seen > _MOST_VALUES:
            raise serialization_error(f"the body has more than {_MOST_VALUES:,} values")
        in_text ^= len(parts) % 2 == 0
        start = end


def _end_of_slice(body: bytes, start: int) -> int:
    """Return the end of a slice that does not separate a backslash from what it escapes."""
    end = start + _SLICE
    piece = body[start:end]
    return end + (len(piece) - len(piece.rstrip(b"\\"))) % 2


def _load(text: bytes | str, what: str) -> Value:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise serialization_error(f"{what} is not valid JSON: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _read_body(shape: Shape, body: bytes) -> dict[str, Value]:
    if shape.payload is None:
        members = {name: member for name, member in shape.members.items() if member.location is None}
        return _read_members(shape, members, _load_object(body), "") if members else {}
    member = shape.members[shape.payload]
    if member.type in ("blob", "string"):
        # an empty body cannot be told from none: only a required payload is there
        present = body or shape.payload in shape.required
        return {shape.payload: _raw_payload(member, body)} if present else {}
    return {shape.payload: _read_structure(member, _load_object(body), shape.payload)} if body else {}


def _raw_payload(member: Shape, body: bytes) -> bytes | str:
    if member.type == "blob":
        return body
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise serialization_error("the body is not UTF-8") from error


def _read_query(shape: Shape, query: str) -> dict[str, Value]:
    members = {name: member for name, member in shape.members.items() if member.location == "querystring"}
    if not members:
        return {}
    try:
        sent = parse_qs(query, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise serialization_error(f"the query cannot be read: {error}") from error
    known = {member.wire_name for member in members.values()}
    found: dict[str, Value] = {}
    for name, member in members.items():
        values = sent.get(member.wire_name or name)
        if member.type == "map":
            found[name] = {key: texts[0] for key, texts in sent.items() if key not in known}
        elif values and member.type == "list":
            found[name] = [read_text_scalar(member.member, text, name) for text in values]
        elif values:
            found[name] = read_text_scalar(member, values[0], name)
    return found


def _read_headers(shape: Shape, request: WireRequest) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, member in shape.members.items():
        if member.location == "header" and (text := request.head.headers.get(member.wire_name or name)) is not None:
            found[name] = read_text_scalar(member, header_text(text), name)
        elif member.location == "headers":
            found[name] = _prefixed_headers(member.wire_name or "", request)
    return found


def _prefixed_headers(prefix: str, request: WireRequest) -> dict[str, str]:
    items = request.head.headers.items()
    return {name[len(prefix) :]: header_text(text) for name, text in items if name.startswith(prefix.lower())}


def _read_labels(shape: Shape, labels: dict[str, str]) -> dict[str, Value]:
    members = {name: member for name, member in shape.members.items() if member.location == "uri"}
    return {name: read_text_scalar(member, labels[member.wire_name or name], name) for name, member in members.items()}


def _read_structure(shape: Shape, value: Value, path: str) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise serialization_error(f"a structure is expected{_at(path)}")
    return _read_members(shape, shape.members, value, path)


def _read_members(shape: Shape, members: dict[str, Shape], value: dict[str, Value], path: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, member in members.items():
        sent = value.get(shape.names_on_wire[name])
        if sent is not None:
            found[name] = _read(member, sent, f"{path}.{name}" if path else name)
    return found


def _read(shape: Shape, value: Value, path: str) -> Value:
    if value is None or shape.document:
        return value
    if shape.type == "structure":
        return _read_structure(shape, value, path)
    if shape.type == "list":
        if not isinstance(value, list):
            raise serialization_error(f"a list is expected{_at(path)}")
        return [_read(shape.member, element, f"{path}[{index}]") for index, element in enumerate(value)]
    if shape.type == "map":
        if not isinstance(value, dict):
            raise serialization_error(f"a map is expected{_at(path)}")
        return {
            read_json_scalar(shape.key, key, path): _read(shape.value, element, f"{path}.{key}")
            for key, element in value.items()
        }
    return read_json_scalar(shape, value, path)


def _at(path: str) -> str:
    return f" at '{path}'" if path else ""
