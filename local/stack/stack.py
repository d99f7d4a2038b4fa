"""The stack as one thing: up, down, status."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from local.config.settings import ROOT, Settings
from local.errors import SettingError
from local.stack import airflow, bootstrap, environment, health, ports
from local.stack.interrupts import uninterrupted
from local.stack.processes import Part, Processes
from local.stack.secrets import load_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PORT_OF = {"api-server": "AIRFLOW_PORT", "aws": "AWS_PORT", "sagemaker": "SAGEMAKER_PORT", "review": "REVIEW_PORT"}


class Stack:
    """All parts of one state folder, or without Airflow. `say` gets each step; it prints by default."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = print, *, with_airflow: bool = True) -> None:
        self.settings = settings
        self.with_airflow = with_airflow
        self.say = say
        settings.state.mkdir(parents=True, exist_ok=True)
        self.processes = Processes(settings.state)
        self.secrets = load_secrets(settings.state)

    def up(self, before_airflow: Callable[[], None] = lambda: None) -> None:
        """Start the parts that do not run and wait until all are ready; on any failure stop those this call started.

        `before_airflow()` is called when the services answer and no Airflow task can have started.
        """
        with self._held():
            running = set(self.running())
            self._require_same_ports(running)
            missing = [part for part in self.parts() if part.name not in running]
            taken = {
                PORT_OF[part.name]: self.settings.ports[PORT_OF[part.name]] for part in missing if part.name in PORT_OF
            }
            ports.require_free(taken)
            self.settings.keep_ports()
            try:
                self._start(missing, before_airflow)
            except BaseException:
                self._stop([part.name for part in missing])
                raise

    def _require_same_ports(self, running: set[str]) -> None:
        """Refuse to start the rest of a stack whose running parts use other ports."""
        kept = Settings.from_environment({}, self.settings.state).ports
        moved = [f"{name}={kept[name]}" for name, port in self.settings.ports.items() if kept[name] != port]
        if running and moved:
            raise SettingError(f"this stack runs already, with {' '.join(moved)}: name those ports, or stop it first")

    def down(self) -> list[str]:
        """Stop every part, Airflow first, and return the names of those that ran."""
        if not self.settings.state.exists():
            return []
        with self._held():
            ran = self.running()
            self._stop(self.processes.names())
            return ran

    def clean(self) -> None:
        """Stop every part and delete the state folder."""
        self.down()
        shutil.rmtree(self.settings.state, ignore_errors=not self.settings.state.exists())

    def running(self) -> list[str]:
        """Return the parts that run, in the order they were started."""
        return [name for name in self.processes.names() if self.processes.find(name) is not None]

    def parts(self) -> list[Part]:
        """Return every part in the order it is started."""
        airflow_parts = airflow.airflow_parts(self.settings, self.secrets) if self.with_airflow else []
        return [*self.service_parts(), *airflow_parts]

    def service_parts(self) -> list[Part]:
        """Return the three services beside Airflow."""
        settings, secrets = self.settings, self.secrets
        python = [sys.executable, "-m"]
        aws = environment.aws_environment(settings, secrets)
        models = environment.sagemaker_environment(settings, secrets)
        review = environment.review_environment(settings, secrets)
        return [
            Part("aws", [*python, "services.aws"], aws, ROOT, f"{settings.aws_url}/healthz"),
            Part("sagemaker", [*python, "services.sagemaker"], models, ROOT, f"{settings.sagemaker_url}/ping"),
            Part("review", [*python, "services.review", "serve"], review, ROOT, f"{settings.review_url}/readyz"),
        ]

    def _start(self, missing: list[Part], before_airflow: Callable[[], None]) -> None:
        names = [part.name for part in missing]
        self.say(f"starting {', '.join(names)}" if names else "every part runs already")
        (self.settings.state / "review").mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(3) as pool:
            # The databases first, in parallel: Airflow's takes longest and needs no service.
            airflow_ready = pool.submit(self._prepare_airflow)
            review_ready = pool.submit(bootstrap.run_review_command, self.settings, self.secrets, "migrate")
            self._start_first([part for part in missing if part.name in ("aws", "sagemaker")])
            review_ready.result()
            self._start_first([part for part in missing if part.name == "review"])
            run_review = partial(bootstrap.run_review_command, self.settings, self.secrets)
            prepared = [
                pool.submit(bootstrap.bootstrap_aws, self.settings, self.secrets),
                pool.submit(bootstrap.bootstrap_review, self.settings, self.secrets, run_review),
            ]
            for step_done in [airflow_ready, *prepared]:
                step_done.result()
        before_airflow()
        self._start_airflow([part for part in missing if part.name in airflow.PROCESSES])

    def _prepare_airflow(self) -> None:
        if self.with_airflow:
            airflow.prepare_home(self.settings, self.secrets)
            bootstrap.run_once(
                airflow.command("db", "migrate"), airflow.airflow_environment(self.settings, self.secrets)
            )

    def _start_first(self, parts: list[Part]) -> None:
        for part in parts:
            self.processes.start(part)
        for part in parts:
            health.wait_until_ready(self.processes, part)

    def _start_airflow(self, parts: list[Part]) -> None:
        for part in parts:
            self.processes.start(part)
        # The api-server first, since it reports the health of the others.
        for part in sorted(parts, key=lambda part: part.health_url is None):
            health.wait_until_ready(self.processes, part)
            if part.name in airflow.HEALTH_KEYS:
                self._wait_until_healthy(part.name)

    def _wait_until_healthy(self, name: str) -> None:
        health.wait_until(lambda: airflow.is_healthy(self.settings, name), self.processes, name, "been healthy")

    def _stop(self, names: list[str]) -> None:
        """Stop Airflow before the services that its tasks use."""
        with uninterrupted():
            self.processes.stop([name for name in names if name in airflow.PROCESSES])
            self.processes.stop(names)

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        path = self.settings.state / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError(f"another command works on {self.settings.state}: wait until it has ended") from error
        else:
            yield
        finally:
            os.close(descriptor)
