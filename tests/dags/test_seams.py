"""Where two tasks meet: each is given what the other returns, by the types both declare."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import pytest
from airflow.sdk import XComArg

from nightloop.aws import operators, results, sensors
from nightloop.aws.operators.training.gate import DECISION
from nightloop.aws.results.reading import all_keys, required_keys

KINDS = {
    name: kind
    for module in pkgutil.iter_modules(results.__path__, f"{results.__name__}.")
    for name, kind in vars(importlib.import_module(module.name)).items()
    if inspect.isclass(kind) and hasattr(kind, "__required_keys__")
}
TEMPLATE = re.compile(r"xcom_pull\(task_ids='(\w+)'\)\['(\w+)'\]")


def returned(operator, key="return_value"):
    """The name of the type that an operator's class says a task returns, or pushes under a key."""
    kind = operator.operator_class if operator.is_mapped else type(operator)
    if key == DECISION:
        return "Decided"
    # An operator that holds the endpoint does its work in `proceed`; one that asks a person returns its target's type.
    for method in ("proceed", "_target", "execute"):
        if method in dir(kind):
            return inspect.signature(getattr(kind, method)).return_annotation
    raise AssertionError(kind)


def accepts(declared, given):
    """Whether a value of a type may be given where another type is declared."""
    names = set(re.findall(r"\w+", declared))
    if given in names:
        return True
    return given in KINDS and any(
        required_keys(KINDS[name]) <= required_keys(KINDS[given]) for name in names & {*KINDS}
    )


def given_by_tasks(dag):
    for task in dag.tasks:
        if task.is_mapped:
            continue
        for name in task.template_fields:
            value = getattr(task, name)
            if isinstance(value, XComArg):
                ((source, key),) = value.iter_references()
                yield task, name, source, key


def test_every_result_is_of_the_type_that_is_asked_for(bag):
    found = 0
    for dag in bag.dags.values():
        for task, name, source, key in given_by_tasks(dag):
            declared = inspect.signature(type(task).__init__).parameters[name].annotation
            assert accepts(declared, returned(source, key)), f"{dag.dag_id}: {task.task_id}.{name} is {declared}"
            found += 1
    assert found >= 30


def test_every_template_reads_an_entry_that_the_other_task_returns(bag):
    read = [
        (dag.get_task(task_id), key)
        for dag in bag.dags.values()
        for task in dag.tasks
        if not task.is_mapped
        for name in task.template_fields
        for task_id, key in TEMPLATE.findall(str(getattr(task, name)))
    ]
    for source, key in read:
        assert key in all_keys(KINDS[returned(source)]), f"{source.task_id} returns no {key!r}"
    assert len(read) >= 9


def classes():
    for package in (operators, sensors):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for kind in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(kind) and kind.__module__ == module.name and "__init__" in vars(kind):
                    yield kind


@pytest.mark.parametrize("kind", sorted(set(classes()), key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_no_argument_may_be_anything(kind):
    parameters = inspect.signature(kind.__init__).parameters.values()
    loose = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD and re.search(r"\bAny\b", str(p.annotation))]
    assert not loose
