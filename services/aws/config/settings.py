"""The server's settings, each from one environment variable."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from services.aws.errors import SettingsError
from services.faults import guard

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "NIGHTLOOP_AWS_HOST"
PORT = "NIGHTLOOP_AWS_PORT"
STATE = "NIGHTLOOP_AWS_STATE"
FAULTS_TOKEN = "NIGHTLOOP_AWS_FAULTS_TOKEN"  # noqa: S105 - the name of a variable
HISTORY = "NIGHTLOOP_AWS_HISTORY"


@dataclass(frozen=True)
class Settings:
    """Where the server listens and where it keeps its objects; `faults_token` and `history` are for tests."""

    host: str
    port: int
    state: Path
    faults_token: str = field(default="", repr=False)
    history: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings; SettingsError names the variable that is wrong."""
        state = environment.get(STATE, "")
        if not state:
            raise SettingsError(f"{STATE} is not set: give the folder that keeps the objects")
        host, token = environment.get(HOST) or "127.0.0.1", environment.get(FAULTS_TOKEN, "")
        if refusal := guard.refusal(token, host):
            raise SettingsError(f"{FAULTS_TOKEN} {refusal}")
        history = Path(environment[HISTORY]).absolute() if environment.get(HISTORY) else None
        return cls(host, _port(environment), Path(state).absolute(), token, history)


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get(PORT) or "8090"
    if not text.isdecimal() or int(text) > 65535:
        raise SettingsError(f"{PORT}={text!r} is not a port: give a whole number from 0 (any free one) to 65535")
    return int(text)
