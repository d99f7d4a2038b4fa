"""One look at the open reviews of a night, with as few calls as possible.

`sweep` says which calls to make and takes in their answers; it makes none itself. `drive` makes them with boto3,
`drive_async` with aiobotocore.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from nightloop.aws.human_loops.open_reviews import OpenReviews

PAGE: Final = 100
"""ListHumanLoops shows no more at once."""


@dataclass(frozen=True)
class Call:
    """One call of A2I's data plane: the client's method, and what it is called with."""

    operation: Literal["list_human_loops", "describe_human_loop"]
    request: dict[str, Any]


Answer: TypeAlias = dict[str, Any] | None
"""What a call returned; None where the flow definition or the human loop does not exist."""

Calls: TypeAlias = Generator[Call, Answer, int]
"""Yields calls, is sent the answer of each, and returns how many there were."""


def sweep(flow_definition_arn: str, reviews: OpenReviews) -> Calls:
    """List the human loops of a flow definition until every open review was seen; describe those no page showed.

    The list begins where the oldest open review may be, and is read oldest first. It may lag behind, so the reviews it
    does not show are asked for one by one. A flow definition that was deleted has no list.
    """
    reviews.begin_sweep()
    request: dict[str, Any] = {
        "FlowDefinitionArn": flow_definition_arn,
        "SortOrder": "Ascending",
        "MaxResults": PAGE,
    }
    if reviews.since is not None:
        request["CreationTimeAfter"] = reviews.since
    calls = 0
    while not reviews.all_seen:
        page = yield Call("list_human_loops", dict(request))
        calls += 1
        for summary in page["HumanLoopSummaries"] if page else ():
            reviews.see(summary["HumanLoopName"], summary["HumanLoopStatus"], summary["CreationTime"])
        if not page or not page.get("NextToken"):
            break
        request["NextToken"] = page["NextToken"]
    return calls + (yield from describe(reviews.unseen, reviews))


def describe(names: Iterable[str], reviews: OpenReviews) -> Calls:
    """Ask for some open reviews one by one."""
    calls = 0
    for name in names:
        reviews.take(name, (yield Call("describe_human_loop", {"HumanLoopName": name})))
        calls += 1
    return calls


def drive(calls: Calls, make: Callable[[Call], Answer]) -> int:
    """Make the calls one after the other; return how many there were."""
    answer: Answer = None
    while True:
        try:
            call = calls.send(answer)
        except StopIteration as end:
            return int(end.value)
        answer = make(call)


async def drive_async(calls: Calls, make: Callable[[Call], Awaitable[Answer]]) -> int:
    """Make the calls one after the other without a thread of their own; return how many there were."""
    answer: Answer = None
    while True:
        try:
            call = calls.send(answer)
        except StopIteration as end:
            return int(end.value)
        answer = await make(call)
