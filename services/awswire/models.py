"""A typed facade over botocore's service models; nothing else here imports botocore.

botocore's model and loader are not typed and may change, so everything that the other modules need is named here, once.
"""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel

from services.awswire.errors import ConfigurationError

Value: TypeAlias = Any
"""A value of a shape, in Python: str, int, dict, ...; only the model knows which."""

_Botocore: TypeAlias = Any
_PROTOCOLS = ("json", "rest-json")
_MISSING_STATUS = {True: 500, False: 400}  # by botocore's `fault`: the server's error or the caller's


class Shape:
    """One shape of a service model, with what its place in a structure adds to it."""

    def __init__(self, shape: _Botocore) -> None:
        self._shape = shape
        self.name: str = shape.name
        self.type: str = shape.type_name
        metadata: dict[str, Any] = shape.metadata
        self.minimum: float | None = metadata.get("min")
        self.maximum: float | None = metadata.get("max")
        self.pattern: str | None = metadata.get("pattern")
        self.enum: tuple[str, ...] = tuple(metadata.get("enum", ()))
        self.required: tuple[str, ...] = tuple(metadata.get("required", ()))
        self.sensitive: bool = metadata.get("sensitive", False)
        self.union: bool = metadata.get("union", False)
        self.document: bool = metadata.get("document", False)
        place: dict[str, Any] = shape.serialization
        self.location: str | None = place.get("location")
        self.wire_name: str | None = place.get("name")
        self.timestamp_format: str | None = place.get("timestampFormat")
        self.payload: str | None = place.get("payload")
        self.jsonvalue: bool = place.get("jsonvalue", False)
        self.eventstream: bool = place.get("eventstream", False)

    @cached_property
    def members(self) -> dict[str, "Shape"]:
        """The members of a structure, in the model's order; empty for other types."""
        if self.type != "structure":
            return {}
        return {name: Shape(shape) for name, shape in self._shape.members.items()}

    @cached_property
    def names_on_wire(self) -> dict[str, str]:
        """Member name -> name in a JSON body."""
        return {name: member.wire_name or name for name, member in self.members.items()}

    @cached_property
    def member(self) -> "Shape":
        """The shape of a list's elements."""
        return Shape(self._shape.member)

    @cached_property
    def key(self) -> "Shape":
        """The shape of a map's keys."""
        return Shape(self._shape.key)

    @cached_property
    def value(self) -> "Shape":
        """The shape of a map's values."""
        return Shape(self._shape.value)

    @property
    def children(self) -> list["Shape"]:
        """The shapes directly inside this one."""
        if self.type == "list":
            return [self.member]
        if self.type == "map":
            return [self.key, self.value]
        return list(self.members.values())

    def walk(self) -> list["Shape"]:
        """All shapes inside this one and itself, each name once (shapes may contain themselves)."""
        found: dict[str, Shape] = {}
        waiting = [self]
        while waiting:
            shape = waiting.pop()
            if shape.name not in found:
                found[shape.name] = shape
                waiting.extend(shape.children)
        return list(found.values())


@dataclass(frozen=True)
class ErrorShape:
    """A modelled error: its code on the wire, HTTP status and members."""

    code: str
    status: int
    shape: Shape


@dataclass(frozen=True)
class Operation:
    """One operation: how it is reached and what goes in and out."""

    name: str
    method: str
    request_uri: str
    status: int
    input: Shape | None
    output: Shape | None


@dataclass(frozen=True)
class Service:
    """One service of botocore: its protocol, operations and errors."""

    name: str
    protocol: str
    signing_name: str
    target_prefix: str
    operations: dict[str, Operation] = field(repr=False)
    errors: dict[str, ErrorShape] = field(repr=False)

    @property
    def is_json(self) -> bool:
        """Whether X-Amz-Target distinguishes calls (JSON 1.1) and not by method and path (REST-JSON)."""
        return self.protocol == "json"

    @property
    def validation_code(self) -> str:
        """The code this service gives to a request that breaks a constraint."""
        names = ("ValidationException", "ValidationError")
        return next((name for name in names if name in self.errors), "ValidationException")


@lru_cache
def load_service(name: str) -> Service:
    """Read a service from botocore's data; `ConfigurationError` for an unknown one or another protocol."""
    try:
        description = Loader().load_service_model(name, "service-2")
    except UnknownServiceError as error:
        raise ConfigurationError(f"botocore has no service {name!r}; use a client name such as 'sagemaker'") from error
    model = ServiceModel(description, name)
    metadata: dict[str, Any] = model.metadata
    if metadata["protocol"] not in _PROTOCOLS:
        raise ConfigurationError(f"{name} speaks {metadata['protocol']}; awswire speaks {' and '.join(_PROTOCOLS)}")
    return Service(
        name=name,
        protocol=metadata["protocol"],
        signing_name=model.signing_name,
        target_prefix=metadata.get("targetPrefix", ""),
        operations={each: _operation(model.operation_model(each)) for each in model.operation_names},
        errors={error.code: error for error in map(_error, model.error_shapes)},
    )


def _operation(model: _Botocore) -> Operation:
    return Operation(
        name=model.name,
        method=model.http.get("method", "POST"),
        request_uri=model.http.get("requestUri", "/"),
        status=model.http.get("responseCode", 200),
        input=Shape(model.input_shape) if model.input_shape else None,
        output=Shape(model.output_shape) if model.output_shape else None,
    )


def _error(shape: _Botocore) -> ErrorShape:
    trait: dict[str, Any] = shape.metadata.get("error", {})
    fault = bool(trait.get("fault") or shape.metadata.get("fault"))
    return ErrorShape(
        code=trait.get("code", shape.name),
        status=trait.get("httpStatusCode", _MISSING_STATUS[fault]),
        shape=Shape(shape),
    )
