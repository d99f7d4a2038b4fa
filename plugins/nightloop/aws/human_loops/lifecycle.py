"""Starts, stops or deletes human loops, one or many, so that doing it again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.clients.throttle import repeated
from nightloop.aws.errors import RequestRefusedError, ReviewStillOpenError
from nightloop.domain.reviews.opened import OpenedReview
from nightloop.domain.reviews.outcome import OPEN_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nightloop.aws.hooks.a2i import A2IHook

_Given = TypeVar("_Given")
_Result = TypeVar("_Result")


def adopt(a2i: A2IHook, name: str) -> OpenedReview | None:
    """Return the human loop of this name, None if there is none."""
    there = a2i.describe_human_loop(name)
    return None if there is None else OpenedReview(name, "adopted", there["HumanLoopArn"], there["CreationTime"])


def start(a2i: A2IHook, name: str, flow_definition_arn: str, input_content: str) -> OpenedReview:
    """Start a human loop that does not exist; raise what `A2IHook.start_human_loop` raises."""
    not_later = datetime.now(UTC)
    arn = a2i.start_human_loop(name=name, flow_definition_arn=flow_definition_arn, input_content=input_content)
    return OpenedReview(name, "opened", arn, not_later)


def stop(a2i: A2IHook, name: str) -> Literal["stopped", "ended", "missing"]:
    """Stop a human loop unless it has ended or does not exist; one that somebody works on ends when they are done."""
    status = _status(a2i, name)
    if status is None:
        return "missing"
    if status != "InProgress":
        return "stopped" if status == "Stopping" else "ended"
    try:
        return "stopped" if a2i.stop_human_loop(name) else "ended"
    except RequestRefusedError:
        if _status(a2i, name) == "InProgress":
            raise
        return "ended"


def delete(a2i: A2IHook, name: str) -> Literal["deleted", "missing"]:
    """Delete a human loop that has ended.

    :raises ReviewStillOpenError: if it has not ended.
    """
    status = _status(a2i, name)
    if status in OPEN_STATUSES:
        raise ReviewStillOpenError(f"Human loop {name} is {status}. Stop it, then delete it.")
    return "deleted" if status is not None and a2i.delete_human_loop(name) else "missing"


def in_bulk(
    a2i: A2IHook, function: Callable[[_Given], _Result], given: Iterable[_Given], *, threads: int
) -> Iterator[_Result]:
    """Call the function for each human loop from several threads; yield the results in order.

    If the service failed, the function is called again, so it has to look first what the failed call did.
    """
    _ = a2i.client  # made here, in the task's own thread: making it asks Airflow for the connection
    return map_in_order(lambda each: repeated(lambda: function(each)), given, threads=threads, name="loops")


def _status(a2i: A2IHook, name: str) -> str | None:
    there = a2i.describe_human_loop(name)
    return None if there is None else str(there["HumanLoopStatus"])
