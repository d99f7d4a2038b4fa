import logging
import time

from services.sagemaker.background.threads import Threads
from services.sagemaker.errors import DeploymentFailedError, ServiceStoppingError
from services.sagemaker.fleets.endpoints import RETRY_SECONDS, Endpoints
from services.sagemaker.fleets.fleet import Fleet

logger = logging.getLogger(__name__)


class HealthMonitor:
    """Owns the thread `health-monitor`, which replaces inference processes that ended by themselves."""

    def __init__(self, endpoints: Endpoints, interval: float = 1.0) -> None:
        self._endpoints, self._interval = endpoints, interval
        self._threads = Threads("health")
        self._not_before: dict[int, float] = {}

    def start(self) -> None:
        """Start watching."""
        self._threads.every("monitor", self._interval, self._look)

    def announce_stop(self) -> None:
        """Stop watching."""
        self._threads.stopping.set()

    def stop(self, timeout: float) -> list[str]:
        """Wait for the thread; return its name if it still runs."""
        return self._threads.stop(timeout)

    def _look(self) -> None:
        for router in self._endpoints.routers():
            for fleet in router.fleets:
                if time.monotonic() >= self._not_before.get(id(fleet), 0.0):
                    self._replace(fleet)

    def _replace(self, fleet: Fleet) -> None:
        try:
            fleet.replace_ended(self._endpoints.check)
            self._not_before.pop(id(fleet), None)
        except ServiceStoppingError:
            return
        except DeploymentFailedError as error:
            logger.warning("an instance could not be replaced, next try in %.0f s: %s", RETRY_SECONDS, error)
            self._not_before[id(fleet)] = time.monotonic() + RETRY_SECONDS
