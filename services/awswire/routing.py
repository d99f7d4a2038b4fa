"""Finds the operation that a request calls."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from services.awswire.errors import ConfigurationError, ServiceError, serialization_error, unknown_operation
from services.awswire.models import Operation, Service
from services.awswire.request import Head

_LABEL = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """The operation called, and the decoded labels of its path."""

    service: Service
    operation: Operation
    labels: dict[str, str]


@dataclass(frozen=True)
class _Path:
    service: Service
    operation: Operation
    expression: re.Pattern[str]
    labels: tuple[str, ...]
    constants: frozenset[tuple[str, str]]  # what the query must contain if two operations share a path

    def is_same(self, other: "_Path") -> bool:
        mine, others = ((p.operation.method, p.expression, p.constants) for p in (self, other))
        return mine == others


class Router:
    """Routes by X-Amz-Target to JSON 1.1 services, by method and path to REST-JSON services."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._targets: dict[str, Service] = {}
        self._paths: list[_Path] = []
        for service in services:
            self._add(service)
        # `/human-loops/stop` before `/human-loops/{name}`, greedy labels last
        self._paths.sort(key=lambda path: ("+}" in path.operation.request_uri, len(path.labels), -len(path.constants)))

    def _add(self, service: Service) -> None:
        if not service.is_json:
            for operation in service.operations.values():
                self._add_path(_path(service, operation))
        elif service.target_prefix in self._targets:
            raise ConfigurationError(f"two services have the target prefix {service.target_prefix}")
        else:
            self._targets[service.target_prefix] = service

    def _add_path(self, path: _Path) -> None:
        for other in self._paths:
            if other.is_same(path):
                raise ConfigurationError(
                    f"{other.service.name} {other.operation.name} and {path.service.name} {path.operation.name}"
                    f" have the same path: {path.operation.method} {path.operation.request_uri}"
                )
        self._paths.append(path)

    def route(self, head: Head) -> Route:
        """Find the operation; `ServiceError` UnknownOperationException if there is none."""
        target = head.headers.get("x-amz-target")
        return self._route_path(head) if target is None else self._route_target(head, target)

    def _route_target(self, head: Head, target: str) -> Route:
        prefix, _, name = target.rpartition(".")
        service = self._targets.get(prefix)
        if head.method != "POST" or service is None or name not in service.operations:
            raise unknown_operation(f"{head.method} with target {target!r}")
        return Route(service, service.operations[name], {})

    def _route_path(self, head: Head) -> Route:
        query = _pairs(head.query)
        for path in self._paths:
            found = path.expression.fullmatch(head.path)
            if found and path.operation.method == head.method and path.constants <= query:
                return Route(path.service, path.operation, _labels(path.labels, found.groups()))
        raise unknown_operation(f"{head.method} {head.path}")


def _path(service: Service, operation: Operation) -> _Path:
    uri, _, query = operation.request_uri.partition("?")
    pieces = _LABEL.split(uri)  # text, name, "+" or "", text, name, ...
    expression = re.escape(pieces[0])
    for greedy, text in zip(pieces[2::3], pieces[3::3], strict=True):
        expression += ("(.+)" if greedy else "([^/]+)") + re.escape(text)
    return _Path(service, operation, re.compile(expression), tuple(pieces[1::3]), _pairs(query))


def _pairs(query: str) -> frozenset[tuple[str, str]]:
    return frozenset(parse_qsl(query, keep_blank_values=True))


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> dict[str, str]:
    try:
        return {name: unquote(value, errors="strict") for name, value in zip(names, values, strict=True)}
    except UnicodeDecodeError as error:
        raise _not_utf8("path") from error


def _not_utf8(where: str) -> ServiceError:
    return serialization_error(f"the {where} is not UTF-8 under its percent-encoding")
