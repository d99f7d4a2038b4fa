"""The table of operations that a service implements."""

import inspect
from collections.abc import Callable, Iterable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from services.awswire.context import Context
from services.awswire.errors import ConfigurationError
from services.awswire.models import Service, Value, load_service

Handler = Callable[..., Value]
_Handler = TypeVar("_Handler", bound=Handler)


class Operations:
    """The handlers of one botocore service, by the name of the operation."""

    def __init__(self, service: str) -> None:
        self.service: Service = load_service(service)
        self.handlers: dict[str, Handler] = {}

    def implements(self, name: str) -> Callable[[_Handler], _Handler]:
        """Register a function `(context, request) -> answer` as an operation.

        A plain function runs in a worker thread, an `async` one is awaited.

        :raises ConfigurationError: for a name that the model does not have, one that is taken, or one that answers with
            an event stream.
        """
        operation = self.service.operations.get(name)
        if operation is None:
            raise ConfigurationError(f"botocore's model of {self.service.name} has no operation {name}")
        if operation.output and any(shape.eventstream for shape in operation.output.walk()):
            raise ConfigurationError(f"{name} answers with an event stream, which awswire does not support")

        def register(handler: _Handler) -> _Handler:
            self._add(name, handler)
            return handler

        return register

    def _add(self, name: str, handler: Handler) -> None:
        if name in self.handlers:
            raise ConfigurationError(f"{self.service.name} {name} is implemented twice")
        self.handlers[name] = handler

    @classmethod
    def merged(cls, tables: Iterable["Operations"]) -> dict[str, "Operations"]:
        """Join the tables of the same service: service name -> one table; a doubled operation is an error."""
        merged: dict[str, Operations] = {}
        for table in tables:
            into = merged.setdefault(table.service.name, cls(table.service.name))
            for name, handler in table.handlers.items():
                into._add(name, handler)
        return merged


async def call(handler: Handler, context: Context, request: dict[str, Value]) -> Value:
    """Run a handler where its kind belongs."""
    if inspect.iscoroutinefunction(handler):
        return await handler(context, request)
    return await run_in_threadpool(handler, context, request)
