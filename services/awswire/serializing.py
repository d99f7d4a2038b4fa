"""Turns a handler's answer, or an error, into a response; checks the answer against its shape on the way."""

import base64
import json
import math
from datetime import datetime

from starlette.responses import Response

from services.awswire.errors import OutputMismatch, ServiceError
from services.awswire.models import Operation, Service, Shape, Value
from services.awswire.timestamps import EPOCH, HTTP_DATE, read_timestamp, write_timestamp

REQUEST_ID = "x-amzn-RequestId"
ERROR_TYPE = "x-amzn-ErrorType"
_CONTENT_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}


def serialize(service: Service, operation: Operation, answer: Value, request_id: str) -> Response:
    """Build the response for an answer; raise `OutputMismatch` if it does not fit the output shape."""
    shape = operation.output
    if shape is None:
        if answer:
            raise OutputMismatch("", "must be empty")
        return Response(status_code=operation.status, headers={REQUEST_ID: request_id})
    _check_structure(shape, answer, "")
    located = {} if service.is_json else {name: m for name, m in shape.members.items() if m.location}
    headers = {REQUEST_ID: request_id, **_headers(located, answer)}
    status = next(
        (answer[name] for name, m in located.items() if m.location == "statusCode" and answer.get(name)), None
    )
    body = _body(shape, {name: value for name, value in answer.items() if name not in located}, headers, service)
    return Response(body, status or operation.status, headers)


def serialize_error(service: Service | None, error: ServiceError, request_id: str) -> Response:
    """Build the response for an error; a modelled one gets its modelled status and the model's name for the message."""
    modelled = service.errors.get(error.code) if service else None
    headers = {REQUEST_ID: request_id, ERROR_TYPE: error.code}
    headers["content-type"] = _CONTENT_TYPES[service.protocol if service else "json"]
    members, message = error.members, "message"
    if modelled:
        message = next((name for name in modelled.shape.members if name.lower() == "message"), "message")
        located = {name: member for name, member in modelled.shape.members.items() if member.location}
        headers |= _headers(located, members)
        members = _structure(modelled.shape, {k: v for k, v in members.items() if k not in located}, "")
    body = {"__type": error.code, message: error.message, **members}
    status = error.status or (modelled.status if modelled else 400)
    return Response(_dump(body), status, headers)


def _body(shape: Shape, answer: dict[str, Value], headers: dict[str, str], service: Service) -> bytes:
    """Write what is not in the headers, and name its content type."""
    if shape.payload is None:
        headers.setdefault("content-type", _CONTENT_TYPES[service.protocol])
        return _dump(_structure(shape, answer, ""))
    member, value = shape.members[shape.payload], answer.get(shape.payload)
    if member.type == "blob":
        return bytes(_scalar(member, value, shape.payload, raw=True)) if value is not None else b""
    headers.setdefault("content-type", _CONTENT_TYPES[service.protocol])
    if member.type == "string":
        return str(_scalar(member, value, shape.payload)).encode() if value is not None else b""
    return _dump(_structure(member, value or {}, shape.payload))


def _dump(value: dict[str, Value]) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _headers(located: dict[str, Shape], answer: dict[str, Value]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, member in located.items():
        value = answer.get(name)
        if value is not None and member.location == "header":
            found[(member.wire_name or name).lower()] = _header(member, value, name)
        elif value is not None and member.location == "headers":
            found |= {
                f"{member.wire_name or ''}{key}".lower(): _header(member.value, v, key) for key, v in value.items()
            }
    return found


def _header(shape: Shape, value: Value, path: str) -> str:
    if shape.type == "list":
        return ",".join(_header(shape.member, element, path) for element in value)
    if shape.jsonvalue:
        return base64.b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()
    written = _scalar(shape, value, path, timestamps=HTTP_DATE)
    text = str(written).lower() if isinstance(written, bool) else str(written)
    if not text.isprintable() or not text.isascii():
        raise OutputMismatch(path, f"cannot be a header: {text!r}")
    return text


def _write(shape: Shape, value: Value, path: str) -> Value:
    if shape.document:
        return value
    if shape.type == "structure":
        return _structure(shape, value, path)
    if shape.type == "list":
        if not isinstance(value, list | tuple):
            raise OutputMismatch(path, f"must be a list, is {type(value).__name__}")
        return [_write(shape.member, element, f"{path}[{index}]") for index, element in enumerate(value)]
    if shape.type == "map":
        if not isinstance(value, dict):
            raise OutputMismatch(path, f"must be a map, is {type(value).__name__}")
        return {
            _scalar(shape.key, key, path): _write(shape.value, element, f"{path}.{key}")
            for key, element in value.items()
            if element is not None
        }
    return _scalar(shape, value, path)


def _structure(shape: Shape, value: Value, path: str) -> dict[str, Value]:
    _check_structure(shape, value, path)
    return {
        shape.names_on_wire[name]: _write(shape.members[name], inner, f"{path}.{name}" if path else name)
        for name, inner in value.items()
        if inner is not None
    }


def _check_structure(shape: Shape, value: Value, path: str) -> None:
    if not isinstance(value, dict):
        raise OutputMismatch(path, f"must be a structure, is {type(value).__name__}")
    unknown = [name for name in value if name not in shape.members]
    if unknown:
        raise OutputMismatch(path, f"has members that {shape.name} does not: {', '.join(map(str, unknown))}")


def _scalar(shape: Shape, value: Value, path: str, *, timestamps: str = EPOCH, raw: bool = False) -> Value:
    if shape.type == "timestamp":
        return _timestamp(shape, value, path, timestamps)
    if shape.type == "blob" and isinstance(value, bytes | bytearray | memoryview):
        return bytes(value) if raw else base64.b64encode(value).decode()
    if shape.jsonvalue and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    if shape.type in ("float", "double") and isinstance(value, int | float) and not isinstance(value, bool):
        return _float(value)
    expected = {"string": str, "character": str, "integer": int, "long": int, "boolean": bool}.get(shape.type)
    if expected is None or not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise OutputMismatch(path, f"must be {shape.type}, is {type(value).__name__}")
    if shape.enum and value not in shape.enum:
        raise OutputMismatch(path, f"must be one of {', '.join(shape.enum)}, is {value!r}")
    return value


def _timestamp(shape: Shape, value: Value, path: str, default: str) -> str | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = read_timestamp(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise OutputMismatch(path, f"must be an aware datetime or epoch seconds, is {value!r}")
    return write_timestamp(value, shape.timestamp_format or default)


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
