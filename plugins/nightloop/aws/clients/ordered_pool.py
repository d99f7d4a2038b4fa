"""Many calls at once, with their results in the order of the items."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_AHEAD: Final = 16
"""How many results may wait for a slow one in front of them."""


def map_in_order(
    function: Callable[[_Item], _Result], items: Iterable[_Item], *, threads: int, name: str
) -> Iterator[_Result]:
    """Call the function with each item from several threads; yield the results in the order of the items.

    Items are taken as fast as results are, so that neither piles up. The first error ends the work: calls that run are
    waited for, and calls that have not started are dropped.

    :param name: What the threads are called.
    """
    under_way: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix=name) as pool:
        try:
            for item in items:
                under_way.append(pool.submit(function, item))
                if len(under_way) >= threads * _AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
