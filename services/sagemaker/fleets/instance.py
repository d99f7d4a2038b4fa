import shutil
from collections.abc import Callable
from pathlib import Path

from services.sagemaker.config.resources import Resources
from services.sagemaker.errors import DeploymentFailedError
from services.sagemaker.fleets.deployment import Variant
from services.sagemaker.serving.serving_container import ServingContainer, fetch_model, new_instance_id

LOG_GROUP = "/aws/sagemaker/Endpoints"


class Instance:
    """One inference process of a variant, with its log stream `<variant>/<instance id>`."""

    def __init__(self, resources: Resources, endpoint: str, variant: Variant, folder: Path) -> None:
        self.identity = new_instance_id()
        self.in_flight = 0  # guarded by the fleet's lock
        self._resources, self._variant, self._folder = resources, variant, folder
        self._stream = resources.logs.open(f"{LOG_GROUP}/{endpoint}", f"{variant.name}/{self.identity}")
        label = f"endpoint/{endpoint}/{variant.name}/{self.identity}"
        self._serving = ServingContainer(
            resources, variant.model, folder / self.identity / "opt-ml", label, self._stream.write
        )

    @property
    def base_url(self) -> str:
        """Where the process listens."""
        return self._serving.base_url

    def start(self) -> None:
        """Fetch the model if no other instance has, unpack it and start the process; raises DeploymentFailedError."""
        archive = self._folder / "model.tar.gz"
        fetch_model(self._resources, self._variant.model, archive)
        self._serving.prepare(archive)
        self._serving.start()

    def wait_until_healthy(self, check: Callable[[], None]) -> None:
        """Wait for the ping; raises DeploymentFailedError in SageMaker's words if there is none."""
        grace = self._variant.startup_seconds or self._resources.settings.ping_grace_seconds
        if not self._serving.wait_until_healthy(grace, check):
            raise DeploymentFailedError(
                f"The primary container for production variant {self._variant.name} did not pass the ping health "
                "check. Please check CloudWatch logs for this endpoint."
            )

    def ended(self) -> bool:
        """Tell whether the process has ended by itself."""
        return self._serving.ended()

    def stop(self) -> None:
        """End the process, send the rest of its log, remove its folder."""
        self._serving.stop()
        self._resources.logs.close(self._stream)
        shutil.rmtree(self._folder / self.identity, ignore_errors=True)
