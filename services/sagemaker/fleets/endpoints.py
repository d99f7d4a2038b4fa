import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from services.sagemaker.background.threads import Threads
from services.sagemaker.config.resources import Resources
from services.sagemaker.errors import DeploymentFailedError, NoCapacityError, ServiceStoppingError
from services.sagemaker.fleets.deployment import Deployment
from services.sagemaker.fleets.endpoint_record import EndpointRecord
from services.sagemaker.fleets.fleet import Fleet
from services.sagemaker.fleets.routing import Router
from services.sagemaker.fleets.update import BlueGreenUpdate
from services.sagemaker.storage.tables import EndpointRow

logger = logging.getLogger(__name__)

INTERNAL_ERROR = "Request to service failed. If failure persists after retry, contact customer support."
NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a "
    "different ML instance type or after some time."
)
RETRY_SECONDS = 2.0
RESTORE_ATTEMPTS = 5


class Endpoints:
    """Owns every endpoint's fleets and the threads `endpoint-<operation>-<name>` that change them.

    An operation is started only after its status (Creating, Updating, Deleting) is stored; that status also blocks
    every other operation on the endpoint until the operation ends.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._threads = Threads("endpoint")
        self._lock = threading.Lock()
        self._routers: dict[str, Router] = {}

    def router(self, key: str) -> Router | None:
        """Find where an endpoint's traffic goes; None if it takes none."""
        return self._routers.get(key)

    def routers(self) -> list[Router]:
        """List the routers of all endpoints that take traffic."""
        with self._lock:
            return list(self._routers.values())

    def create(self, key: str) -> None:
        """Start a Creating endpoint."""
        self._launch("create", key, self._create)

    def update(self, key: str) -> None:
        """Carry out the pending deployment of an Updating endpoint."""
        self._launch("update", key, self._update)

    def scale(self, key: str, variant: str, count: int) -> bool:
        """Change how many instances a variant has; return False while the endpoint is being changed."""
        with self._resources.database.write() as session:
            row = session.get(EndpointRow, key)
            if row is None or row.status != "InService" or row.deployed is None:
                return False
            current = Deployment.from_json(row.deployed)
            variants = [replace(one, count=count) if one.name == variant else one for one in current.variants]
            row.status, row.pending = "Updating", current.with_variants(variants).to_json()
            row.failure_reason, row.modified = None, time.time()
        self.update(key)
        return True

    def delete(self, key: str) -> None:
        """End a Deleting endpoint."""
        self._launch("delete", key, self._delete)

    def resume(self) -> None:
        """Resume every endpoint where a dead service left it."""
        with self._resources.database.write() as session:
            rows = session.scalars(select(EndpointRow).where(EndpointRow.status != "Failed")).all()
            for row in rows:
                if row.status == "InService":
                    row.status = "SystemUpdating"
        self._remove_leftovers([row.key for row in rows])
        for row in rows:
            if row.status == "Creating":
                self.create(row.key)
            elif row.status == "Deleting":
                self.delete(row.key)
            else:
                self._launch("restore", row.key, self._restore)

    def announce_stop(self) -> None:
        """Tell all threads that the service is stopping; the stored states stay as they are."""
        self._threads.stopping.set()

    def stop(self, timeout: float) -> list[str]:
        """Wait for the threads; return the names of those still running."""
        return self._threads.stop(timeout)

    def check(self) -> None:
        """Raise ServiceStoppingError if the service is stopping."""
        if self._threads.stopping.is_set():
            raise ServiceStoppingError

    def _launch(self, operation: str, key: str, work: Callable[[EndpointRecord, str], None]) -> None:
        record = EndpointRecord(self._resources.database, key)

        def run() -> None:
            try:
                work(record, key)
            except ServiceStoppingError:
                logger.info("endpoint %s: %s goes on at the next start", key, operation)

        self._threads.start(f"{operation}-{key}", run)

    def _create(self, record: EndpointRecord, key: str) -> None:
        row = record.load()
        assert row.pending is not None
        fleet = self._fleet(row, row.pending)
        try:
            self._resources.machines.launch("CreateEndpoint", row.name)
            fleet.start(self.check)
        except ServiceStoppingError:
            raise
        except Exception as error:  # noqa: BLE001 - every failure has to end the Creating
            fleet.close()
            record.roll_back(_reason(key, error))
            return
        self._take_traffic(key, fleet)
        record.commit()

    def _update(self, record: EndpointRecord, key: str) -> None:
        row = record.load()
        assert row.pending is not None
        pending = Deployment.from_json(row.pending)
        router = self._routers[key]
        blue = router.fleets[0]
        try:
            if pending.identity == blue.deployment.identity:
                blue.rescale(pending, self.check)
            else:
                self._resources.machines.launch("UpdateEndpoint", row.name)
                green = self._fleet(row, row.pending)
                BlueGreenUpdate(self._resources, record, router, self._wait).run(blue, green)
        except ServiceStoppingError:
            raise
        except Exception as error:  # noqa: BLE001 - every failure has to end the Updating
            record.roll_back(_reason(key, error))
            return
        record.commit()

    def _delete(self, record: EndpointRecord, key: str) -> None:
        with self._lock:
            router = self._routers.pop(key, None)
        for fleet in router.fleets if router else []:
            fleet.close()
        shutil.rmtree(self._folder(key), ignore_errors=True)
        record.delete()

    def _restore(self, record: EndpointRecord, key: str) -> None:
        """Start the deployed fleet again, in a few attempts; then finish an update that was under way."""
        row = record.load()
        assert row.deployed is not None
        with self._lock:
            self._routers[key] = Router()
        fleet = self._fleet(row, row.deployed)
        for attempt in range(1, RESTORE_ATTEMPTS + 1):
            try:
                fleet.start(self.check)
                break
            except DeploymentFailedError as error:
                logger.warning("endpoint %s does not start again, attempt %d: %s", key, attempt, error)
                fleet.stop()
                if attempt == RESTORE_ATTEMPTS:
                    record.fail(str(error))
                    return
                self._wait(RETRY_SECONDS)
        self._take_traffic(key, fleet)
        if row.status == "Updating":
            self._update(record, key)
        else:
            record.set_status("InService")

    def _take_traffic(self, key: str, fleet: Fleet) -> None:
        with self._lock:
            self._routers.setdefault(key, Router()).send_all_to(fleet)

    def _fleet(self, row: EndpointRow, document: dict[str, object]) -> Fleet:
        deployment = Deployment.from_json(document)
        return Fleet(self._resources, row.name, deployment, self._folder(row.key) / deployment.identity)

    def _folder(self, key: str) -> Path:
        return self._resources.settings.state / "endpoints" / key

    def _wait(self, seconds: float) -> None:
        self._threads.stopping.wait(seconds)
        self.check()

    def _remove_leftovers(self, keys: list[str]) -> None:
        """Remove files of deleted endpoints and of killed processes; downloaded models stay."""
        for folder in (self._resources.settings.state / "endpoints").glob("*"):
            if folder.name not in keys:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in (self._resources.settings.state / "endpoints").glob("*/*/*/i-*"):
            shutil.rmtree(folder, ignore_errors=True)


def _reason(key: str, error: Exception) -> str:
    if isinstance(error, DeploymentFailedError):
        return str(error)
    if isinstance(error, NoCapacityError):
        return NO_CAPACITY
    logger.error("endpoint %s failed by a defect of the service", key, exc_info=error)
    return INTERNAL_ERROR
