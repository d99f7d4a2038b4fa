import fcntl
import logging
from pathlib import Path
from typing import IO

import httpx

from services.faults import WIRE_KINDS, Faults
from services.sagemaker.aws.cloudwatch import MetricPublisher
from services.sagemaker.aws.logs import LogShipper
from services.sagemaker.aws.s3 import AwsClient, ObjectStore, aws_client
from services.sagemaker.config.resources import Resources
from services.sagemaker.config.settings import Settings
from services.sagemaker.containers.images import Images
from services.sagemaker.containers.machines import Machines
from services.sagemaker.containers.process import Containers
from services.sagemaker.errors import StateFolderBusyError
from services.sagemaker.fleets.endpoints import Endpoints
from services.sagemaker.fleets.health import HealthMonitor
from services.sagemaker.jobs.training import TrainingJobs
from services.sagemaker.jobs.transform import TransformJobs
from services.sagemaker.queues.dispatcher import AsyncQueues
from services.sagemaker.scaling.autoscaler import Autoscaler
from services.sagemaker.scaling.service_client import ScalingClient
from services.sagemaker.storage.database import Database

logger = logging.getLogger(__name__)

CONTAINER_GRACE_SECONDS = 5.0
THREAD_GRACE_SECONDS = 20.0


class Service:
    """The running service: everything that owns threads or processes, started and stopped only here."""

    http: httpx.AsyncClient  # to the containers; opened and closed with the event loop, in `server/app.py`

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.faults = Faults((*WIRE_KINDS, "no-capacity")) if settings.faults_token else None
        self._lock = _lock_folder(settings.state)
        self.database = Database(settings.state / "sagemaker.sqlite")
        self.resources = _make_resources(settings, self.database, Machines(self.faults))
        self.endpoints = Endpoints(self.resources)
        self.training = TrainingJobs(self.resources)
        self.transform = TransformJobs(self.resources)
        self.queues = AsyncQueues(self.resources, self.endpoints)
        self.scaling = Autoscaler(_scaling_client(settings), self.endpoints, settings.scaling_interval_seconds)
        self._health = HealthMonitor(self.endpoints)

    def start(self) -> None:
        """End what a killed service left running, then resume all unfinished work."""
        self.resources.containers.end_orphans()
        self.resources.logs.start()
        self.resources.metrics.start()
        self.training.resume()
        self.transform.resume()
        self.endpoints.resume()
        self._health.start()
        self.queues.start()
        self.scaling.start()

    def stop(self) -> None:
        """Stop in order: new work, containers, threads, then the last logs and metrics; states stay as they are."""
        owners = (
            self.scaling,
            self._health,
            self.queues,
            self.endpoints,
            self.training.threads,
            self.transform.threads,
        )
        for owner in owners:
            owner.announce_stop()
        self.resources.containers.stop(CONTAINER_GRACE_SECONDS)
        for owner in owners:
            for name in owner.stop(THREAD_GRACE_SECONDS):
                logger.warning("thread %s does not end", name)
        self.resources.containers.close()
        self.resources.metrics.stop()
        self.resources.logs.stop()
        self.database.close()
        self._lock.close()


def _make_resources(settings: Settings, database: Database, machines: Machines) -> Resources:
    def client(service: str) -> AwsClient:
        return aws_client(service, settings.region, settings.aws_endpoint_url)

    cloudwatch = client("cloudwatch")
    return Resources(
        settings=settings,
        database=database,
        store=ObjectStore(client("s3")),
        logs=LogShipper(client("logs")),
        metrics=MetricPublisher(cloudwatch, settings.metrics_interval_seconds),
        alarms=cloudwatch,
        images=Images(settings.images),
        containers=Containers(database),
        machines=machines,
    )


def _scaling_client(settings: Settings) -> ScalingClient | None:
    """Make the client of AWS's stand-in; the real Application Auto Scaling does not know this service's endpoints."""
    if not settings.aws_endpoint_url:
        return None
    scaling, cloudwatch = (
        aws_client(name, settings.region, settings.aws_endpoint_url)
        for name in ("application-autoscaling", "cloudwatch")
    )
    return ScalingClient(scaling, cloudwatch)


def _lock_folder(state: Path) -> IO[str]:
    """Lock the folder against a second service, which would run every job twice; the lock ends with the process."""
    state.mkdir(parents=True, exist_ok=True)
    lock = (state / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise StateFolderBusyError(f"{state} is in use by another service; give each its own state folder") from error
    return lock
