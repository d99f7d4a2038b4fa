"""Runs an operator as Airflow would, without a running Airflow."""

from __future__ import annotations

import asyncio
import itertools
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import TaskDeferred
from airflow.sdk.module_loading import import_string
from airflow.serialization.serialized_objects import BaseSerialization

if TYPE_CHECKING:
    from collections.abc import Callable

_attempts = itertools.count(1)


class Context(dict[str, Any]):
    """As much of a task's context as the operators use; each is an attempt of its own."""

    dag_id, task_id, map_index = "dag", "task", -1

    def __init__(self, run_id: str = "run") -> None:
        self.run_id = run_id
        self.id = f"attempt-{next(_attempts)}"
        self.pushed: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        super().__init__(ti=self, outlet_events=_Events())

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value

    def xcom_pull(self, task_ids: str, key: str = "return_value") -> Any:
        return self.answers.get((task_ids, key), self.answers.get(task_ids))


class _Events(dict[Any, Any]):
    def __missing__(self, key: Any) -> Any:
        self[key] = type("Event", (), {})()
        return self[key]


def run(operator: Any, context: Context | None = None, **changed: Any) -> Any:
    """Execute an operator; each time it defers, run its trigger, rebuilt from what Airflow would store, and resume.

    :param changed: Attributes of the operator that are others than where it was made.
    """
    assert isinstance(operator, BaseOperator)
    for name, value in changed.items():
        assert hasattr(operator, name), name
        setattr(operator, name, value)
    context = context if context is not None else Context()
    step: Callable[[], Any] = partial(operator.execute, context)
    while True:
        try:
            return step()
        except TaskDeferred as deferred:
            path, arguments = deferred.trigger.serialize()
            trigger = import_string(path)(**BaseSerialization.deserialize(BaseSerialization.serialize(arguments)))
            event = asyncio.run(_first_event(trigger))
            step = partial(getattr(operator, deferred.method_name), context, event=event)


async def _first_event(trigger: Any) -> Any:
    async for event in trigger.run():
        return event.payload
    raise AssertionError("the trigger ended without an event")
