"""The order in which the night's budget is spent: each time what adds most, for its cost, to what is chosen already."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

from nightloop.domain.detection.selection.planned_review import PlannedReview
from nightloop.domain.selection.draw import audit_number

_SHORTEST_SECONDS = 1e-9


def in_order(
    reviews: Iterable[PlannedReview],
    gain: Callable[[PlannedReview], float],
    kind: Callable[[PlannedReview], Hashable],
    seed: int,
) -> Iterator[PlannedReview]:
    """Yield the audit's images by their drawn number, then the others by `gain` a second.

    The `gain` may fall while what was yielded is taken in, and must not rise: an image is looked at anew only when
    its turn would have come (the accelerated greedy algorithm of Minoux, 1978). Those of one `kind` gain alike and
    are looked at as one: a night may hold thousands of images without a box. Of equal ones the first by URI goes first.
    """
    given = list(reviews)
    yield from sorted(
        (review for review in given if review.audit_drawn),
        key=lambda review: (audit_number(review.image, seed), review.image.uri),
    )
    alike: dict[Hashable, list[PlannedReview]] = defaultdict(list)
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


def _turn(review: PlannedReview, gain: Callable[[PlannedReview], float]) -> tuple[float, str]:
    """Return what sorts a review among the others; URIs differ, so that nothing behind them is ever compared."""
    return -gain(review) / max(review.seconds or 0.0, _SHORTEST_SECONDS), review.image.uri
