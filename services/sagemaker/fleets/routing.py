import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.sagemaker.errors import NoInstanceError
from services.sagemaker.fleets.fleet import Fleet, Lease

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Share:
    """A fleet and its part of the endpoint's traffic, 0..1."""

    fleet: Fleet
    part: float


class Router:
    """Where an endpoint's traffic goes. Shares are replaced as a whole: an invocation sees the old or the new ones."""

    def __init__(self) -> None:
        self._shares: Sequence[Share] = ()

    @property
    def fleets(self) -> list[Fleet]:
        """The fleets that take traffic now."""
        return [share.fleet for share in self._shares]

    @property
    def instances(self) -> int:
        """How many instances the endpoint has."""
        return sum(fleet.instances for fleet in self.fleets)

    @property
    def is_asynchronous(self) -> bool:
        """Whether the endpoint takes requests into a queue."""
        return any(fleet.deployment.asynchronous for fleet in self.fleets)

    @property
    def async_places(self) -> int:
        """How many asynchronous requests the endpoint's instances work on at once."""
        return sum(fleet.instances * fleet.deployment.async_concurrency for fleet in self.fleets)

    def send_all_to(self, fleet: Fleet) -> None:
        """Give one fleet all traffic."""
        self._shares = (Share(fleet, 1.0),)

    def split(self, blue: Fleet, green: Fleet, green_part: float) -> None:
        """Give the green fleet its part and the blue one the rest."""
        self._shares = (Share(blue, 1.0 - green_part), Share(green, green_part))

    def acquire(self, target: str | None) -> Lease:
        """Choose a fleet by its share, then a variant and an instance; raises what `Fleet.acquire` raises."""
        while shares := self._shares:
            share = random.choices(shares, [share.part for share in shares])[0]  # noqa: S311 - a load balancer
            lease = share.fleet.acquire(target)
            if lease is not None:
                return lease
            if self._shares is shares:  # closed for good, not replaced: the endpoint is being deleted
                break
        raise NoInstanceError("the endpoint's instances are not up")
