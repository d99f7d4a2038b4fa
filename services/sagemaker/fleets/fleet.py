import random
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.sagemaker.config.resources import Resources
from services.sagemaker.errors import NoInstanceError, UnknownVariantError
from services.sagemaker.fleets.deployment import Deployment, Variant
from services.sagemaker.fleets.instance import Instance

DRAIN_MARGIN_SECONDS = 5.0


@dataclass(frozen=True)
class Lease:
    """The right to send one invocation to one instance; the instance is not stopped before the lease is returned."""

    fleet: "Fleet"
    variant: Variant
    instance: Instance
    instances: int

    def release(self) -> None:
        """Return the lease."""
        self.fleet.release(self.instance)


class Fleet:
    """The processes of one deployment, and which of them are busy."""

    def __init__(self, resources: Resources, endpoint: str, deployment: Deployment, folder: Path) -> None:
        self.deployment = deployment
        self.endpoint = endpoint
        self._resources, self._folder = resources, folder
        self._idle = threading.Condition()
        self._closed = False
        self._weights = {variant.name: variant.weight for variant in deployment.variants}
        self._instances: dict[str, list[Instance]] = {variant.name: [] for variant in deployment.variants}

    @property
    def instances(self) -> int:
        """How many instances run."""
        with self._idle:
            return sum(len(instances) for instances in self._instances.values())

    def start(self, check: Callable[[], None]) -> None:
        """Start every instance and wait until all answer their ping.

        The caller stops the fleet after an error.

        :raises DeploymentFailedError: if an instance does not start; also what `check` raises.
        """
        for variant in self.deployment.variants:
            self._start_instances(variant, variant.count, check)

    def rescale(self, deployment: Deployment, check: Callable[[], None]) -> None:
        """Change the counts and weights of the same variants; raises what `start` raises, and then changes nothing."""
        before = {variant.name: variant.count for variant in self.deployment.variants}
        try:
            for variant in deployment.variants:
                missing = variant.count - before[variant.name]
                self._start_instances(variant, max(0, missing), check)
        except Exception:
            self._shrink(self.deployment)
            raise
        with self._idle:
            self.deployment = deployment
            self._weights = {variant.name: variant.weight for variant in deployment.variants}
        self._shrink(deployment)

    def _shrink(self, deployment: Deployment) -> None:
        for variant in deployment.variants:
            surplus = self._take_out(variant.name, max(0, len(self._instances[variant.name]) - variant.count))
            self._drain(lambda surplus=surplus: all(one.in_flight == 0 for one in surplus))  # type: ignore[misc]
            for instance in surplus:
                instance.stop()

    def acquire(self, target: str | None) -> Lease | None:
        """Choose a variant by weight (or the target) and its least busy instance; None if the fleet is closed.

        :raises UnknownVariantError: if there is no such variant.
        :raises NoInstanceError: while the variant's processes are down.
        """
        with self._idle:
            if self._closed:
                return None
            name = target or self._draw()
            if name not in self._instances:
                raise UnknownVariantError(name)
            instances = self._instances[name]
            if not instances:
                raise NoInstanceError(name)
            least = min(instance.in_flight for instance in instances)
            instance = random.choice([one for one in instances if one.in_flight == least])  # noqa: S311 - a load balancer
            instance.in_flight += 1
            variant = next(variant for variant in self.deployment.variants if variant.name == name)
            return Lease(self, variant, instance, len(instances))

    def release(self, instance: Instance) -> None:
        """Take an instance back; called by its lease."""
        with self._idle:
            instance.in_flight -= 1
            self._idle.notify_all()

    def close(self) -> None:
        """Take no more invocations, wait for those under way, end the processes and remove their files."""
        with self._idle:
            self._closed = True
        self._drain(lambda: all(one.in_flight == 0 for instances in self._instances.values() for one in instances))
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        """End the processes."""
        for name in self._instances:
            for instance in self._take_out(name, len(self._instances[name])):
                instance.stop()

    def replace_ended(self, check: Callable[[], None]) -> None:
        """Start a new instance for each process that ended by itself; raises DeploymentFailedError."""
        for variant in self.deployment.variants:
            with self._idle:
                ended = [one for one in self._instances[variant.name] if one.ended()]
                self._instances[variant.name] = [one for one in self._instances[variant.name] if one not in ended]
                missing = 0 if self._closed else variant.count - len(self._instances[variant.name])
            for instance in ended:
                instance.stop()
            if missing > 0:
                self._start_instances(variant, missing, check)

    def _start_instances(self, variant: Variant, count: int, check: Callable[[], None]) -> None:
        folder = self._folder / variant.name
        started = [Instance(self._resources, self.endpoint, variant, folder) for _ in range(count)]
        try:
            for instance in started:
                instance.start()
            for instance in started:
                instance.wait_until_healthy(check)
        except Exception:
            for instance in started:
                instance.stop()
            raise
        with self._idle:
            if not self._closed:
                self._instances[variant.name].extend(started)
                return
        for instance in started:
            instance.stop()

    def _take_out(self, name: str, count: int) -> list[Instance]:
        with self._idle:
            kept = len(self._instances[name]) - count
            taken = self._instances[name][kept:]
            del self._instances[name][kept:]
            return taken

    def _drain(self, idle: Callable[[], bool]) -> None:
        """Wait for invocations under way; none lasts longer than the invocation timeout."""
        with self._idle:
            self._idle.wait_for(
                idle, timeout=self._resources.settings.invocation_timeout_seconds + DRAIN_MARGIN_SECONDS
            )

    def _draw(self) -> str:
        names = list(self._weights)
        weights = [self._weights[name] for name in names]
        if not sum(weights):
            raise NoInstanceError("every variant has weight 0")
        return random.choices(names, weights)[0]  # noqa: S311 - a load balancer
