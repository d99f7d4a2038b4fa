"""Where the stack runs: its folders, ports and addresses, read from the environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from local.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "123456789012"
ACCESS_KEY = "nightloop"
BUCKET = "nightloop-demo"
ROLE = "nightloop"
EVENT_QUEUE = "human-loop-events"
WORKTEAM = "reviewers"
REVIEWER = "reviewer@example.com"
ADMINISTRATOR = "administrator@example.com"
AIRFLOW_USER = "admin"

PORTS_FILE = "ports.json"


def _port(text: Any) -> Any:  # noqa: ANN401 - what pydantic was given
    if not str(text).isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError("is not a port: give a whole number from 1 to 65535")
    return text


def _alone(port: int, read: ValidationInfo) -> int:
    """Refuse a port that an earlier field has."""
    twins = [name for name, taken in read.data.items() if taken == port]
    if twins:
        raise ValueError(f"is also {twins[0].upper()}: each part needs a port of its own")
    return port


Port = Annotated[int, BeforeValidator(_port), AfterValidator(_alone)]


class Settings(BaseSettings):
    """One stack: its state folder, and the fields that a variable sets."""

    model_config = SettingsConfigDict(frozen=True, alias_generator=str.upper)

    state: Annotated[Path, AfterValidator(Path.absolute)]
    airflow_port: Port = Field(8080, description="the port of Airflow's page and REST API")
    aws_port: Port = Field(8090, description="the port of S3, IAM, SQS and the rest of AWS")
    sagemaker_port: Port = Field(8091, description="the port of SageMaker and its runtime")
    review_port: Port = Field(8092, description="the port of the review service and the reviewers' page")
    loops: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        ROOT / "include" / "loops", alias="NIGHTLOOP_LOOPS", description="the folder of the loop files"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], state: Path) -> Settings:
        """Read the settings; a variable that is empty counts as not set.

        A port that is not named is the one with which the stack of this folder last started, if it ever did.

        :raises SettingError: with a line for each wrong variable.
        """
        texts = {**_kept_ports(state), **{name: text for name, text in environment.items() if text}}
        variables = [str(field.alias) for field in cls.model_fields.values()]
        given: dict[str, Any] = {name: texts[name] for name in variables if name in texts}
        try:
            return cls(**{**given, "STATE": state})
        except ValidationError as wrong:
            raise SettingError("\n".join(_sentence(one) for one in wrong.errors())) from wrong

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use only the arguments: `status` needs the running stack's ports, even if the variables have changed."""
        return (init_settings,)

    @property
    def ports(self) -> dict[str, int]:
        """The ports by the environment variable that sets them."""
        return {
            "AIRFLOW_PORT": self.airflow_port,
            "AWS_PORT": self.aws_port,
            "SAGEMAKER_PORT": self.sagemaker_port,
            "REVIEW_PORT": self.review_port,
        }

    def keep_ports(self) -> None:
        """Write the ports into the state folder, for later commands that do not name them."""
        (self.state / PORTS_FILE).write_text(json.dumps(self.ports, indent=2))

    @property
    def airflow_url(self) -> str:
        """Airflow's page and REST API."""
        return f"http://localhost:{self.airflow_port}"

    @property
    def aws_url(self) -> str:
        """The endpoint of S3, IAM, SQS and the rest."""
        return f"http://localhost:{self.aws_port}"

    @property
    def events_queue_url(self) -> str:
        """The queue that gets an event for every human loop that ended."""
        return f"{self.aws_url}/{ACCOUNT}/{EVENT_QUEUE}"

    @property
    def sagemaker_url(self) -> str:
        """The endpoint of SageMaker and its runtime."""
        return f"http://localhost:{self.sagemaker_port}"

    @property
    def review_url(self) -> str:
        """The endpoint of the review service's API; its portal is below it."""
        return f"http://localhost:{self.review_port}"

    @property
    def portal_url(self) -> str:
        """The reviewers' page."""
        return f"{self.review_url}/portal/"

    @property
    def airflow_home(self) -> Path:
        """Airflow's own folder: database, logs, configuration."""
        return self.state / "airflow"

    @property
    def logs(self) -> Path:
        """The folder of the logs, a file for each part."""
        return self.state / "logs"


def _kept_ports(state: Path) -> dict[str, str]:
    try:
        kept = json.loads((state / PORTS_FILE).read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SettingError(f"{state / PORTS_FILE} is damaged: delete it, or name each port") from error
    return {str(name): str(port) for name, port in kept.items()}


def _sentence(wrong: ErrorDetails) -> str:
    variable = str(wrong["loc"][0]).upper()  # for a default, pydantic gives the field's name
    return f"{variable}={str(wrong['input'])!r} {wrong['msg'].removeprefix('Value error, ')}"
