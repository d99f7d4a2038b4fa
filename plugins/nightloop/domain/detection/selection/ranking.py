"""The order in which the night's budget is spent: on what adds most, for its cost, to what is already chosen."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Protocol, TypeVar

from nightloop.domain.images.image import Image
from nightloop.domain.selection.draw import audit_number

_SHORTEST_SECONDS = 1e-9


class Ranked(Protocol):
    """An image that may be reviewed."""

    @property
    def image(self) -> Image:
        """Which image."""

    @property
    def audit_drawn(self) -> bool:
        """Whether the audit drew it."""

    @property
    def seconds(self) -> float | None:
        """How long its review is expected to take."""


_Ranked = TypeVar("_Ranked", bound=Ranked)


def in_order(
    reviews: Iterable[_Ranked],
    gain: Callable[[_Ranked], float],
    kind: Callable[[_Ranked], Hashable],
    seed: int,
) -> Iterator[_Ranked]:
    """Yield the audit's images by their drawn number, then the others by `gain` a second.

    The `gain` may fall, but must not rise, while yielded images are taken in: so an image is looked at again only when
    its turn would have come (the accelerated greedy algorithm of Minoux, 1978). Images of one `kind` have the same gain
    and are looked at as one, because a night may hold thousands of images without a box. Of equal ones the first by URI
    comes first.
    """
    given = list(reviews)
    yield from sorted(
        (review for review in given if review.audit_drawn),
        key=lambda review: (audit_number(review.image, seed), review.image.uri),
    )
    alike: dict[Hashable, list[_Ranked]] = defaultdict(list)
    for review in sorted(given, key=lambda review: review.image.uri, reverse=True):
        if not review.audit_drawn:
            alike[kind(review), review.seconds].append(review)
    heap = [(*_turn(waiting[-1], gain), key) for key, waiting in alike.items()]
    heapq.heapify(heap)
    while heap:
        *_, key = heapq.heappop(heap)
        waiting = alike[key]
        turn = _turn(waiting[-1], gain)
        if heap and turn > heap[0][:2]:
            heapq.heappush(heap, (*turn, key))
            continue
        yield waiting.pop()
        if waiting:
            heapq.heappush(heap, (turn[0], waiting[-1].image.uri, key))


def _turn(review: _Ranked, gain: Callable[[_Ranked], float]) -> tuple[float, str]:
    """Return what sorts a review among the others; URIs differ, so nothing after them is ever compared."""
    return -gain(review) / max(review.seconds or 0.0, _SHORTEST_SECONDS), review.image.uri
