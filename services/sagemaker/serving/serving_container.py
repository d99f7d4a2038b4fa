import shutil
import socket
import tarfile
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.config.resources import Resources
from services.sagemaker.containers.opt_ml import OptMl, container_environment, unpack
from services.sagemaker.containers.process import Command, Container
from services.sagemaker.errors import DeploymentFailedError, StorageError

PING_TIMEOUT_SECONDS = 2.0
PING_POLL_SECONDS = 0.05
STARTS = 2  # a container that ends before its first ping is started once more, on another port


@dataclass(frozen=True)
class ModelContainer:
    """A model to serve: its container definition at the time it was read."""

    image: str
    model_data: str | None
    environment: Mapping[str, str]

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> "ModelContainer":
        """Read a ContainerDefinition of the API."""
        source = definition.get("ModelDataSource", {}).get("S3DataSource", {})
        data = definition.get("ModelDataUrl") or source.get("S3Uri")
        return cls(definition["Image"], data, definition.get("Environment", {}))


def new_instance_id() -> str:
    """Invent an instance id in EC2's form."""
    return f"i-{uuid.uuid4().hex[:17]}"


def fetch_model(resources: Resources, model: ModelContainer, archive: Path) -> None:
    """Download the model's archive once and keep an existing file; raises DeploymentFailedError."""
    if model.model_data is None or archive.exists():
        return
    try:
        resources.store.download(S3Uri.parse(model.model_data), archive)
    except StorageError as error:
        raise DeploymentFailedError(
            f'Failed to download model data for container "container_1" from URL: "{model.model_data}". Please ensure '
            "that there is an object located at the URL and that the role passed to CreateModel has permissions to "
            "download the model."
        ) from error


class ServingContainer:
    """One `serve` process over its own unpacked model, on a port of its own."""

    def __init__(
        self, resources: Resources, model: ModelContainer, folder: Path, label: str, sink: Callable[[str], None]
    ) -> None:
        self._resources, self._model, self._folder, self._label, self._sink = resources, model, folder, label, sink
        self.base_url = ""
        self.container: Container | None = None

    def prepare(self, archive: Path) -> None:
        """Lay out `/opt/ml` with the unpacked model; raises DeploymentFailedError for an invalid tar.gz."""
        shutil.rmtree(self._folder, ignore_errors=True)
        layout = OptMl(self._folder)
        layout.make()
        if self._model.model_data is None:
            return
        try:
            unpack(archive, layout.model)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise DeploymentFailedError(
                f'Failed to extract model data archive from URL: "{self._model.model_data}". Please ensure that the '
                f"object located at the URL is a valid tar.gz archive ({error})."
            ) from error

    def start(self) -> None:
        """Start the process on a free port; raises DeploymentFailedError for an image that is no longer listed."""
        words = self._resources.images.command(self._model.image)
        if words is None:
            raise DeploymentFailedError(
                "Please make sure all images included in the model exist: "
                f"{self._model.image} is not among this service's."
            )
        port = _free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        extra = dict(self._model.environment) | {
            "SAGEMAKER_BIND_TO_PORT": str(port),
            "AWS_REGION": self._resources.settings.region,
        }
        command = Command([*words, "serve"], container_environment(self._folder, extra), self._label)
        self.container = self._resources.containers.start(command, self._sink)

    def wait_until_healthy(self, grace: float, check: Callable[[], None]) -> bool:
        """Poll /ping until it answers 200; False after the grace period, or if the process keeps ending.

        `check` is called between polls and may raise to give up.
        """
        deadline = time.monotonic() + grace
        starts = 1
        with httpx.Client(timeout=PING_TIMEOUT_SECONDS, trust_env=False) as client:
            while time.monotonic() < deadline:
                check()
                if self._ping(client):
                    return True
                if self.ended(PING_POLL_SECONDS):
                    if starts == STARTS:
                        return False
                    starts += 1
                    self.start()
        return False

    def ended(self, wait_seconds: float = 0.0) -> bool:
        """Wait up to `wait_seconds` for the process to end; tell whether it has."""
        return self.container is None or self.container.wait(wait_seconds) is not None

    def stop(self) -> None:
        """End the process as SageMaker does and remove its folder."""
        if self.container is not None:
            self.container.stop(self._resources.settings.serving_stop_seconds)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ping(self, client: httpx.Client) -> bool:
        try:
            return client.get(f"{self.base_url}/ping").status_code == 200
        except httpx.HTTPError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
