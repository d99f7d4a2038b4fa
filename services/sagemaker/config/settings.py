import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf
from pydantic_settings import SettingsConfigDict

from services.awswire import ConfigurationError, Keys
from services.sagemaker.errors import SettingsError
from services.settings import Address, FaultsToken, Port, Seconds, ServiceSettings

KEYS_FORM = 'a JSON object of access key id to secret, as {"nightloop": "secret"}'
IMAGES_FORM = 'a JSON object of repository:tag to command, as {"object-detection:1": ["python", "-m", "x"]}'


def _keys(text: str) -> Keys:
    try:
        keys = Keys.from_json(text)
    except ConfigurationError as error:
        raise ValueError(f"cannot be read: {error}") from error
    if not keys:
        raise ValueError("must map at least one access key id to its secret")
    return keys


def _images(text: str) -> dict[str, tuple[str, ...]]:
    try:
        images: Any = json.loads(text)
    except ValueError as error:
        raise ValueError(f"must be {IMAGES_FORM}: {error}") from error
    if not isinstance(images, dict):
        raise ValueError(f"must be {IMAGES_FORM}, not {type(images).__name__}")  # noqa: TRY004 - pydantic collects it
    for image, command in images.items():
        if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
            raise ValueError(f"must give {image!r} a command that is a list of texts, not empty")
    return {image: tuple(command) for image, command in images.items()}


Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().resolve())]


class Settings(ServiceSettings):
    """All settings of the service."""

    model_config = SettingsConfigDict(env_prefix="NIGHTLOOP_SAGEMAKER_")
    error: ClassVar = SettingsError

    state: Folder = Field(description="the folder of the database and the work folders; one service per folder")
    access_keys: Annotated[InstanceOf[Keys], BeforeValidator(_keys)] = Field(
        repr=False, description=f"the keys that may call: {KEYS_FORM}"
    )
    images: Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_images)] = Field(
        description=f"the containers: {IMAGES_FORM}; `python` is the service's own interpreter"
    )
    host: str = Field("127.0.0.1", description="the address to listen on")
    port: Port = Field(8091, description="the port to listen on")
    account: str = Field("123456789012", description="the account in every ARN")
    region: str = Field("us-east-1", description="the region in every ARN, and of S3, Logs and CloudWatch")
    aws_endpoint_url: str = Field("", description="S3, Logs and CloudWatch; empty: AWS's own")
    review_endpoint_url: Annotated[Address, AfterValidator(lambda url: url.rstrip("/"))] = Field(
        "", description="the review service, which gets the calls about reviews; it needs the same keys"
    )
    ping_grace_seconds: Seconds = Field(30.0, description="how long a container may take to answer /ping")
    invocation_timeout_seconds: Seconds = Field(60.0, description="how long a container may take for one invocation")
    training_stop_seconds: Seconds = Field(120.0, description="a training container's time from SIGTERM to SIGKILL")
    serving_stop_seconds: Seconds = Field(30.0, description="a serving container's time from SIGTERM to SIGKILL")
    metrics_interval_seconds: Seconds = Field(5.0, description="how often CloudWatch metrics are published")
    scaling_interval_seconds: Seconds = Field(
        5.0, description="how often endpoints are scaled as Application Auto Scaling says, at _AWS_ENDPOINT_URL"
    )
    faults_token: FaultsToken = Field(
        "", repr=False, description="for tests on loopback only: callers with it may order faults; empty: off"
    )
    history: Folder | None = Field(None, description="for tests: a file that gets a line for every change; empty: none")
