"""A boto3 client without a service behind it: requests are checked against botocore's model, errors are real ones."""

from __future__ import annotations

import threading
from functools import cache, wraps
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.paginate import Paginator, PaginatorModel
from botocore.validate import ParamValidator

ENDPOINT = "https://{service}.us-east-1.amazonaws.com"
REGION = "us-east-1"
ACCOUNT = "123456789012"


@cache
def service_model(service):
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def paginator_model(service):
    return PaginatorModel(Loader().load_service_model(service, "paginators-1"))


def aws_error(code, message="", operation="Operation", status=400):
    """Make the error botocore raises for an answer of AWS."""
    metadata = {"HTTPStatusCode": int(status), "HTTPHeaders": {}}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, operation)


THROTTLED = aws_error("ThrottlingException", "Rate exceeded", status=HTTPStatus.TOO_MANY_REQUESTS)
BROKEN = aws_error("InternalServerException", "try again", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def operation(function):
    """Make a method an operation of the service: its request is checked and remembered, a test may make it fail."""
    name = function.__name__

    @wraps(function)
    def call(self, **request):
        self._check(name, request)
        with self.lock:
            self.calls.append((name, request))
        for happening in self._next(self._before, name):
            happening()
        failures = self._next(self._failures, name)
        for failure in failures:
            raise failure
        with self.lock:
            answer = function(self, **request)
        for failure in self._next(self._lost, name):
            raise failure
        return answer

    return call


class FakeClient:
    """What operations of any service have in common; a subclass has one method for each that is used."""

    service = ""
    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self):
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.lock = threading.RLock()
        self._failures: dict[str, list] = {}
        self._before: dict[str, list] = {}
        self._lost: dict[str, list] = {}
        self.meta = SimpleNamespace(
            client=self,
            region_name=REGION,
            partition="aws",
            endpoint_url=ENDPOINT.format(service=self.service),
            events=HierarchicalEmitter(),
            service_model=service_model(self.service),
        )

    def fail(self, operation, error, times=1):
        """Let the next calls of an operation fail before anything is done."""
        self._failures.setdefault(operation, []).extend([error] * times)

    def lose(self, operation, error=BROKEN):
        """Let the next call of an operation be done, but its answer be lost."""
        self._lost.setdefault(operation, []).append(error)

    def before(self, operation, happening):
        """Let something happen between the next call of an operation and its being done: another attempt's work."""
        self._before.setdefault(operation, []).append(happening)

    def requests(self, operation):
        """The requests of an operation so far."""
        return [request for name, request in self.calls if name == operation]

    def error(self, code, message="", status=400):
        return aws_error(code, message, status=status)

    def get_paginator(self, operation):
        name = self._operation_model(operation).name
        settings = paginator_model(self.service).get_paginator(name)
        return Paginator(getattr(self, operation), settings, self._operation_model(operation))

    def can_paginate(self, operation):
        return True

    def close(self):
        """A fake has no connections."""

    def _operation_model(self, operation):
        return self.meta.service_model.operation_model(_names(self.service)[operation])

    def _check(self, operation, request):
        shape = self._operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())

    def _next(self, scripted, operation):
        with self.lock:
            waiting = scripted.get(operation, [])
            return [waiting.pop(0)] if waiting else []


@cache
def _names(service):
    from botocore import xform_name

    return {xform_name(name): name for name in service_model(service).operation_names}


class AsyncClient:
    """The same service as aiobotocore's client shows it."""

    _endpoint = SimpleNamespace(http_session=None)
    """Waiters of aiobotocore ask which library it speaks HTTP with."""

    def __init__(self, client):
        self._client = client

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None

    def __getattr__(self, name):
        found = getattr(self._client, name)
        if name not in _names(self._client.service):
            return found

        async def call(**request):
            answer = found(**request)
            if hasattr(answer.get("Body") if isinstance(answer, dict) else None, "iter_lines"):
                answer = {**answer, "Body": _AsyncBody(answer["Body"])}
            return answer

        return call


class _AsyncBody:
    def __init__(self, body):
        self._body = body

    async def read(self, size=None):
        return self._body.read(size)

    async def iter_lines(self, chunk_size=1024, keepends=False):
        for line in self._body.iter_lines(chunk_size, keepends):
            yield line
