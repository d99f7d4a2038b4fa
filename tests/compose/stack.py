"""The compose stack of a test: a project, ports, a subnet and secrets of its own."""

from __future__ import annotations

import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

from local.compose.place import ComposeAddresses, ComposePasswords, ComposePlace
from local.demo.driver.airflow_api import AirflowApi
from tests.support import compose

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {
    # Published everywhere: one test asks from another machine's address.
    "PUBLISH_ADDRESS": "0.0.0.0",
    "AIRFLOW_PORT": "28080",
    "S3_PORT": "28090",
    "SAGEMAKER_PORT": "28091",
    "REVIEW_PORT": "28092",
}


class ComposeStack:
    """docker-compose.yaml with the profile local-aws, as the project `nightloop-test`."""

    def __init__(self, folder: Path) -> None:
        self.env = compose.make_env(folder)
        text = self.env.read_text()
        for name, value in SETTINGS.items():
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            assert found == 1, name
        # An address of this subnet reaches no other stack of this machine.
        text += "OUTSIDE_SUBNET=10.213.78.0/28\nPROXY_ADDRESS=10.213.78.14\n"
        self.env.write_text(text)
        self.values = dict(line.split("=", 1) for line in text.splitlines() if re.match("[A-Z_]+=", line))

    def run(self, *words: str, check: bool = True, seconds: float = 900) -> str:
        """Run a command of Docker Compose and return what it printed."""
        done = subprocess.run(
            self.words(*words),
            cwd=compose.ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert not check or done.returncode == 0, f"{' '.join(words)}:\n{done.stdout[-6000:]}"
        return done.stdout

    def words(self, *words: str) -> list[str]:
        """Return the words of a command."""
        docker_compose = compose.command()
        assert docker_compose is not None
        return [*docker_compose, "--project-name", "nightloop-test", "--env-file", str(self.env), *words]

    def containers(self, service: str) -> list[str]:
        """Return the ids of a service's containers."""
        return self.run("ps", "--all", "--quiet", service).split()

    def crash(self, container: str) -> None:
        """Kill every process of a container, as a fault would: its restart policy brings it back."""
        before = restarts(container)
        # Process 1 is an init, which no signal from inside ends; it goes when its child has gone.
        docker("exec", container, "bash", "-c", "kill -9 -1", check=False)
        deadline = time.monotonic() + 60
        while restarts(container) == before:
            assert time.monotonic() < deadline, f"{container} was killed and did not come back"
            time.sleep(0.5)

    def place(self) -> ComposePlace:
        """Return the stack as this machine sees it, from outside its network."""
        url = "http://localhost:{}"
        addresses = ComposeAddresses(
            airflow_url=url.format(SETTINGS["AIRFLOW_PORT"]),
            review_page_url=url.format(SETTINGS["REVIEW_PORT"]),
            review_url=url.format(SETTINGS["REVIEW_PORT"]),
            aws_url=url.format(SETTINGS["S3_PORT"]),
            sagemaker_url="",
            loops=compose.ROOT / "include/loops",
            events_queue_url="",
        )
        names = ("NIGHTLOOP_SECRET_ACCESS_KEY", "AIRFLOW_ADMIN_PASSWORD", "REVIEWER_PASSWORD", "ADMINISTRATOR_PASSWORD")
        return ComposePlace(addresses, ComposePasswords(*(self.values[name] for name in names)))

    def airflow(self) -> AirflowApi:
        """Return Airflow's REST API, through the proxy."""
        url = f"http://localhost:{SETTINGS['AIRFLOW_PORT']}"
        return AirflowApi(url, "admin", self.values["AIRFLOW_ADMIN_PASSWORD"], patience=180)


def environment() -> dict[str, str]:
    """Return an environment in which nothing but the file of settings decides."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def docker(*words: str, check: bool = True) -> str:
    """Run a command of the engine and return what it printed."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=120)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def restarts(container: str) -> int:
    """Return how often the engine has started a container again."""
    return int(docker("inspect", "--format", "{{.RestartCount}}", container))
