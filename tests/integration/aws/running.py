"""Runs an operator as Airflow would, without a running Airflow."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import TaskDeferred
from airflow.sdk.module_loading import import_string

_attempts = itertools.count(1)


class Context(dict[str, Any]):
    """As much of a task's context as the operators use; each is an attempt of its own."""

    dag_id, task_id, run_id, map_index = "dag", "task", "run", -1

    def __init__(self) -> None:
        self.id = f"attempt-{next(_attempts)}"
        self.pushed: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        super().__init__(ti=self, outlet_events=_Events())

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value

    def xcom_pull(self, task_ids: str, key: str = "return_value") -> Any:
        return self.answers.get(task_ids)


class _Events(dict[Any, Any]):
    def __missing__(self, key: Any) -> Any:
        self[key] = type("Event", (), {})()
        return self[key]


def run(operator: Any, context: Context | None = None) -> Any:
    """Execute an operator; when it defers, run its trigger, rebuilt from what Airflow would store, and resume."""
    assert isinstance(operator, BaseOperator)
    context = context if context is not None else Context()
    try:
        return operator.execute(context)
    except TaskDeferred as deferred:
        path, arguments = deferred.trigger.serialize()
        trigger = import_string(path)(**json.loads(json.dumps(arguments)))
        event = asyncio.run(_first_event(trigger))
        return getattr(operator, deferred.method_name)(context, event=event)


async def _first_event(trigger: Any) -> Any:
    async for event in trigger.run():
        return event.payload
    raise AssertionError("the trigger ended without an event")
