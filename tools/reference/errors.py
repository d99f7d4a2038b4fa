"""The page on errors: what each class means, and whether Airflow tries the task again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from airflow.sdk import ExceptionRetryPolicy, RetryAction

from tools.reference.markdown import head, prose, table
from tools.reference.modules import classes, module_named, modules

if TYPE_CHECKING:
    from collections.abc import Iterator

ABOUT: Final = """\
Each error is a class. Its message names the thing that is wrong and says how to fix it; the sentence here says what
the class means. [Fix a failed task](../how-to/fix-a-failed-task.md) says what to do about each."""
TASKS: Final = """\
The class decides whether Airflow tries the task again. The delay doubles with each try, up to an hour, and up to half
of it is taken off at random. An error that is none of these (a worker that died, a bug) takes Airflow's own retries."""
REVIEW: Final = """\
The portal shows the sentence in the worker's language. The API answers with the error that A2I models for the case."""


def page() -> str:
    """Write the page."""
    return "\n".join(
        (
            head("Errors", ABOUT),
            f"## Tasks\n\n{TASKS}\n",
            table(("class", "is a", "meaning", "tried again"), _tasks()),
            "## Loop files\n",
            table(("class", "is a", "meaning"), _rows("nightloop.config")),
            f"## The review service\n\n{REVIEW}\n",
            table(("class", "is a", "meaning", "status"), _review()),
        )
    )


def _tasks() -> Iterator[tuple[str, str, str, str]]:
    for package in ("nightloop.aws", "nightloop.domain"):
        for error in _errors(package):
            yield *_row(error), _again(error)


def _again(error: type[Exception]) -> str:
    """Say what the retry policy decides about the first failure, without the random part of its delay."""
    policy = module_named("nightloop.aws", "retry_policy", "retries").RETRY_POLICY
    decision = ExceptionRetryPolicy.evaluate(policy, error.__new__(error), try_number=1, max_tries=2)
    if decision.action is RetryAction.FAIL:
        return "no"
    if decision.action is RetryAction.DEFAULT or decision.retry_delay is None:
        return "as the task says"
    return f"yes, first after {decision.retry_delay.total_seconds() / 60:g} min"


def _review() -> Iterator[tuple[str, str, str, str]]:
    for error in _errors("services.review"):
        yield *_row(error), str(getattr(error, "status", ""))


def _rows(package: str) -> Iterator[tuple[str, str, str]]:
    return (_row(error) for error in _errors(package))


def _row(error: type[Exception]) -> tuple[str, str, str]:
    return f"`{error.__name__}`", f"`{error.__bases__[0].__name__}`", prose(error)


def _errors(package: str) -> Iterator[type[Exception]]:
    """List the errors of a package: those that say what they mean in a docstring of their own."""
    for module in modules(package, skipped=("migrations",)):
        yield from classes(module, Exception)
