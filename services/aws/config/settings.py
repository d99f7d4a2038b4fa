"""The server's settings, each from one environment variable."""

import re
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from services.aws.errors import SettingsError
from services.settings import FaultsToken, Port, ServiceSettings

AbsolutePath = Annotated[Path, AfterValidator(Path.absolute)]


def _queue_names(text: object) -> object:
    if not isinstance(text, str):
        return text  # the default is checked too
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if wrong := [name for name in names if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)]:
        raise ValueError(f"holds {wrong[0]!r}: a queue's name has letters, digits, '-' and '_', 80 at most")
    return names


class Settings(ServiceSettings):
    """Where the server listens and where it keeps its objects; `faults_token` and `history` are for tests."""

    model_config = SettingsConfigDict(env_prefix="NIGHTLOOP_AWS_")
    error: ClassVar = SettingsError

    host: str = Field("127.0.0.1", description="the address to listen on")
    port: Port = Field(8090, description="the port to listen on; 0 takes a free one and prints it")
    state: AbsolutePath = Field(description="the folder that keeps the objects; one server at a time")
    queues: Annotated[tuple[str, ...], BeforeValidator(_queue_names)] = Field(
        (), description="SQS queues that are made at each start, as they do not outlive one: names with ',' in between"
    )
    region: str = Field("us-east-1", description="the region of those queues")
    faults_token: FaultsToken = Field(
        "", repr=False, description="for tests on loopback only: callers with it may order faults; empty: off"
    )
    history: AbsolutePath | None = Field(
        None, description="for tests: a file that gets a line for every change; empty: none"
    )
