"""Where the stack runs: its folders, ports and addresses, read from the environment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
DEFAULT_PORTS = {"AIRFLOW_PORT": 8080, "AWS_PORT": 8090, "SAGEMAKER_PORT": 8091, "REVIEW_PORT": 8092}


@dataclass(frozen=True)
class Settings:
    """One stack: its state folder and the port of each part."""

    state: Path
    airflow_port: int
    aws_port: int
    sagemaker_port: int
    review_port: int
    loops: Path = ROOT / "include" / "loops"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], state: Path) -> Settings:
        """Read the ports; SettingError names the variable that is wrong, or two that are equal.

        A port that is not named is the one the stack of this folder was last started with, if it ever was.
        """
        kept = _kept_ports(state)
        ports = {name: _port({name: environment.get(name) or kept.get(name, "")}, name) for name in DEFAULT_PORTS}
        for name, port in ports.items():
            twins = [other for other, taken in ports.items() if taken == port and other != name]
            if twins:
                raise SettingError(f"{name} and {twins[0]} are both {port}: each part needs a port of its own")
        loops = environment.get("NIGHTLOOP_LOOPS")
        return cls(
            state=state.absolute(),
            airflow_port=ports["AIRFLOW_PORT"],
            aws_port=ports["AWS_PORT"],
            sagemaker_port=ports["SAGEMAKER_PORT"],
            review_port=ports["REVIEW_PORT"],
            loops=Path(loops).absolute() if loops else ROOT / "include" / "loops",
        )

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
        """Write the ports into the state folder, for whoever asks for this stack without naming them."""
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
        """The queue that hears of every human loop that ended."""
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
        """What each part prints, a file for each."""
        return self.state / "logs"


def _kept_ports(state: Path) -> dict[str, str]:
    try:
        kept = json.loads((state / PORTS_FILE).read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SettingError(f"{state / PORTS_FILE} is damaged: delete it, or name each port") from error
    return {str(name): str(port) for name, port in kept.items()}


def _port(environment: Mapping[str, str], name: str) -> int:
    text = environment.get(name) or str(DEFAULT_PORTS[name])
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SettingError(f"{name}={text!r} is not a port: give a whole number from 1 to 65535")
    return int(text)
