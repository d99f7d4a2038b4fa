import heapq
import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """A request in a queue, by its id; the request itself is in the database. Times are seconds since 1970."""

    identity: str
    received: float
    expires: float


class Backlog:
    """The requests of one endpoint in the order of their arrival; those put back wait for their time first.

    The owner guards it with a lock.
    """

    def __init__(self) -> None:
        self._ready: deque[Waiting] = deque()
        self._later: list[tuple[float, str, Waiting]] = []
        self._working: dict[str, Waiting] = {}

    @property
    def waiting(self) -> int:
        """How many requests are not being worked on."""
        return len(self._ready) + len(self._later)

    @property
    def working(self) -> int:
        """How many requests are being worked on."""
        return len(self._working)

    @property
    def size(self) -> int:
        """How many requests are not finished."""
        return self.waiting + self.working

    def oldest(self) -> float | None:
        """Return when the oldest unfinished request arrived; None if there is none."""
        later = (waiting for _, _, waiting in self._later)
        return min((one.received for one in (*self._ready, *later, *self._working.values())), default=None)

    def add(self, waiting: Waiting) -> None:
        """Add a request at the end."""
        self._ready.append(waiting)

    def take(self) -> Waiting | None:
        """Take the next request to work on; None if no request is ready."""
        now = time.time()
        while self._later and self._later[0][0] <= now:
            self._ready.appendleft(heapq.heappop(self._later)[2])
        if not self._ready:
            return None
        taken = self._ready.popleft()
        self._working[taken.identity] = taken
        return taken

    def take_expired(self, now: float) -> list[Waiting]:
        """Take every request whose time in the queue is over."""
        expired = [one for one in self._ready if one.expires <= now]
        expired += [one for _, _, one in self._later if one.expires <= now]
        if expired:
            gone = {one.identity for one in expired}
            self._ready = deque(one for one in self._ready if one.identity not in gone)
            self._later = [entry for entry in self._later if entry[1] not in gone]
            heapq.heapify(self._later)
            self._working |= {one.identity: one for one in expired}
        return expired

    def finish(self, waiting: Waiting) -> None:
        """Drop a request that was taken."""
        self._working.pop(waiting.identity, None)

    def put_back(self, waiting: Waiting, seconds: float) -> None:
        """Give back a request that was taken; it is ready again after some seconds, before those that came later."""
        self.finish(waiting)
        heapq.heappush(self._later, (time.time() + seconds, waiting.identity, waiting))
