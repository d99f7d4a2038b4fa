"""An Airflow of its own, with its scheduler and workers, whose services are the stubs."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.stubs.running import connections
from local.config.settings import AIRFLOW_USER, Settings
from local.demo.driver.airflow_api import AirflowApi
from local.stack.airflow import airflow_parts
from local.stack.stack import Stack
from tests.integration.aws.stack import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.stack.processes import Part


class StubbedStack(Stack):
    """Airflow as `make up` starts it, without the services.

    :param url: Where the stubs are.
    """

    def __init__(self, settings: Settings, url: str) -> None:
        super().__init__(settings, say=lambda _: None)
        self.url = url

    def parts(self) -> list[Part]:
        """Return Airflow's processes."""
        return [
            replace(part, environment={**part.environment, **connections(self.url)})
            for part in airflow_parts(self.settings, self.secrets)
        ]

    def _start(self, missing: list[Part], before_airflow: Callable[[], None]) -> None:
        self._prepare_airflow()
        before_airflow()
        self._start_airflow(missing)


@contextmanager
def airflow(state: Path, loops: Path, url: str) -> Iterator[AirflowApi]:
    """Run an Airflow with these loops on the stubs, and answer its API."""
    given = {"AIRFLOW_PORT": str(free_port()), "NIGHTLOOP_LOOPS": str(loops)}
    stack = StubbedStack(Settings.from_environment(given, state), url)
    try:
        stack.up()
        yield AirflowApi(stack.settings.airflow_url, AIRFLOW_USER, stack.secrets.airflow_password)
    finally:
        stack.down()
