"""Templates that read what other tasks returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import XComArg

from nightloop.aws.results.reading import R, all_keys, read_result

if TYPE_CHECKING:
    from nightloop.aws.results.given import Given


def part(kind: type[R], result: Given[R], key: str) -> str:
    """Return one entry of what a task returns, as a template; if the result is already there, the entry as text.

    A template, unlike an `XComArg`, makes no task wait for the other.

    :param kind: The TypedDict of the result.
    :param result: The output of the task, or what it returned.
    :raises KeyError: if such a result has no such entry; a DAG file with that mistake is not parsed.
    """
    if key not in all_keys(kind):
        raise KeyError(f"A {kind.__name__} has no {key!r}; it has {', '.join(sorted(all_keys(kind)))}.")
    if isinstance(result, XComArg):
        ((operator, _),) = result.iter_references()
        return f"{{{{ ti.xcom_pull(task_ids='{operator.task_id}')['{key}'] }}}}"
    return str(read_result(kind, result, key)[key])
