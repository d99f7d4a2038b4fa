"""The server's settings, each from one environment variable."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from services.aws.errors import SettingsError
from services.settings import FaultsToken, Port, ServiceSettings

AbsolutePath = Annotated[Path, AfterValidator(Path.absolute)]


class Settings(ServiceSettings):
    """Where the server listens and where it keeps its objects; `faults_token` and `history` are for tests."""

    model_config = SettingsConfigDict(env_prefix="NIGHTLOOP_AWS_")
    error: ClassVar = SettingsError

    host: str = Field("127.0.0.1", description="the address to listen on")
    port: Port = Field(8090, description="the port to listen on; 0 takes a free one and prints it")
    state: AbsolutePath = Field(description="the folder that keeps the objects; one server at a time")
    faults_token: FaultsToken = Field(
        "", repr=False, description="for tests on loopback only: callers with it may order faults; empty: off"
    )
    history: AbsolutePath | None = Field(
        None, description="for tests: a file that gets a line for every change; empty: none"
    )
