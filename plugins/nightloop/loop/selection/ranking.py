"""The order in which the night's budget is spent: each time what adds most, for its cost, to what is chosen already."""

import heapq
from collections.abc import Callable, Iterable, Iterator

from nightloop.loop.selection.draw import audit_number
from nightloop.loop.selection.review import PlannedReview

_SHORTEST_SECONDS = 1e-9


def in_order(
    reviews: Iterable[PlannedReview], gain: Callable[[PlannedReview], float], seed: int
) -> Iterator[PlannedReview]:
    """Yield the audit's images by their drawn number, then the others by ``gain`` a second.

    The ``gain`` may fall while what was yielded is taken in, and must not rise: an image is looked at anew only when
    its turn would have come (the accelerated greedy algorithm of Minoux, 1978). Of equal ones the first by URI goes
    first.
    """
    given = list(reviews)
    yield from sorted(
        (review for review in given if review.audit_drawn),
        key=lambda review: (audit_number(review.image, seed), review.image.uri),
    )
    heap = [_entry(review, gain) for review in given if not review.audit_drawn]
    heapq.heapify(heap)
    while heap:
        review = heapq.heappop(heap)[2]
        entry = _entry(review, gain)
        if heap and entry > heap[0]:
            heapq.heappush(heap, entry)
        else:
            yield review


def _entry(review: PlannedReview, gain: Callable[[PlannedReview], float]) -> tuple[float, str, PlannedReview]:
    return -gain(review) / max(review.seconds or 0.0, _SHORTEST_SECONDS), review.image.uri, review
