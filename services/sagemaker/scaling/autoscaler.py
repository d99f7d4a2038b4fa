import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sagemaker.background.threads import Threads
from services.sagemaker.fleets.deployment import Variant
from services.sagemaker.fleets.endpoints import Endpoints
from services.sagemaker.scaling.decisions import last_due, metric_of, stepped, tracked
from services.sagemaker.scaling.service_client import ScalingClient, variant_of

logger = logging.getLogger(__name__)

Document = dict[str, Any]


@dataclass
class Seen:
    """What was seen of one variant: how many instances, when the last look was, and since when there are so many."""

    count: int
    looked: datetime
    changed: float = field(default_factory=time.monotonic)


class Autoscaler:
    """Owns the thread `scaling-autoscaler`, which does what Application Auto Scaling does to endpoints.

    Application Auto Scaling itself (moto) only keeps what is set. Without an address of AWS's stand-in this does
    nothing: the real one scales only endpoints of the real SageMaker.
    """

    def __init__(
        self,
        client: ScalingClient | None,
        endpoints: Endpoints,
        interval: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client, self._endpoints, self._interval, self._clock = client, endpoints, interval, clock
        self._threads = Threads("scaling")
        self._seen: dict[str, Seen] = {}
        self._warned: set[str] = set()

    def start(self) -> None:
        """Start scaling."""
        if self._client is not None:
            self._threads.every("autoscaler", self._interval, self.look)

    def announce_stop(self) -> None:
        """Scale no more."""
        self._threads.stopping.set()

    def stop(self, timeout: float) -> list[str]:
        """Wait for the thread; return its name if it still runs."""
        return self._threads.stop(timeout)

    def target_of(self, endpoint: str) -> Document | None:
        """Find the scalable target of an endpoint; None if there is none, or nobody answers."""
        if self._client is None:
            return None
        try:
            targets = self._client.targets()
        except (BotoCoreError, ClientError) as error:
            self._warn("targets", f"Application Auto Scaling does not answer: {error}")
            return None
        named = [(target, variant_of(target["ResourceId"])) for target in targets]
        return next((target for target, place in named if place and place[0].lower() == endpoint.lower()), None)

    def forget(self, endpoint: str) -> None:
        """Deregister the scalable target of an endpoint that is being deleted, as SageMaker does."""
        target = self.target_of(endpoint)
        if target is None or self._client is None:
            return
        try:
            self._client.drop(target)
        except (BotoCoreError, ClientError) as error:
            logger.warning("the scalable target of endpoint %s may be left: %s", endpoint, error)

    def look(self) -> None:
        """Scale every endpoint that has a scalable target, once."""
        if self._client is None:
            return
        try:
            for target in self._client.targets():
                self._scale(self._client, target)
        except (BotoCoreError, ClientError) as error:
            self._warn("targets", f"Application Auto Scaling does not answer: {error}")

    def _scale(self, client: ScalingClient, target: Document) -> None:
        resource = target["ResourceId"]
        place = variant_of(resource)
        variant = self._variant(*place) if place else None
        if place is None or variant is None:
            return
        now = self._clock()
        seen = self._seen.setdefault(resource, Seen(variant.count, now))
        if seen.count != variant.count:
            seen.count, seen.changed = variant.count, time.monotonic()
        limits = {key: int(target[key]) for key in ("MinCapacity", "MaxCapacity")}
        limits |= self._due(client, target, seen, now)
        wanted = max(self._wishes(client, target, place, seen, now), default=seen.count)
        wanted = min(max(wanted, limits["MinCapacity"]), limits["MaxCapacity"])
        if wanted != seen.count and self._endpoints.scale(place[0].lower(), place[1], wanted):
            logger.info("%s scales from %d to %d", resource, seen.count, wanted)

    def _variant(self, endpoint: str, name: str) -> Variant | None:
        router = self._endpoints.router(endpoint.lower())
        if router is None or not router.fleets:
            return None
        return next((one for one in router.fleets[0].deployment.variants if one.name == name), None)

    def _due(self, client: ScalingClient, target: Document, seen: Seen, now: datetime) -> dict[str, int]:
        """Set the limits of the scheduled action that came due since the last look; return them."""
        due = []
        for action in client.actions(target):
            moment = last_due(action["Schedule"], action.get("Timezone"), now)
            if moment is None:
                self._warn(action["Schedule"], f"scheduled action {action['ScheduledActionName']}: not a time of day")
            elif seen.looked < moment <= now:
                due.append((moment, action["ScalableTargetAction"]))
        seen.looked = now
        if not due:
            return {}
        limits: dict[str, int] = max(due, key=lambda one: one[0])[1]
        client.limit(target, limits)
        return limits

    def _wishes(
        self, client: ScalingClient, target: Document, place: tuple[str, str], seen: Seen, now: datetime
    ) -> list[int]:
        """Return how many instances each policy wants; the largest counts. A policy keeps its cooldowns."""
        quiet = time.monotonic() - seen.changed
        wishes = []
        for policy in client.policies(target):
            steps = policy.get("StepScalingPolicyConfiguration")
            if steps is not None:
                on = quiet >= steps.get("Cooldown", 300) or seen.count == 0
                if on and client.sets_off(policy):
                    wishes.append(stepped(seen.count, steps))
                continue  # a policy whose alarm is off has no wish: it must not keep the instances of another
            tracking = policy["TargetTrackingScalingPolicyConfiguration"]
            metric = metric_of(tracking, *place)
            if metric is None:
                self._warn(
                    policy["PolicyARN"], f"policy {policy['PolicyName']} follows what this service does not know"
                )
                continue
            wish = tracked(seen.count, client.value(metric, now), tracking["TargetValue"])
            cooldown = tracking.get("ScaleOutCooldown" if wish > seen.count else "ScaleInCooldown", 300)
            wishes.append(wish if quiet >= cooldown else seen.count)
        return wishes

    def _warn(self, about: str, message: str) -> None:
        if about not in self._warned:
            logger.warning("%s", message)
            self._warned.add(about)
