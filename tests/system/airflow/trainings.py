"""Trainings on a running Airflow, and what SageMaker's own history says of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.exactly_once import models
from benchmarks.exactly_once.evidence import Evidence
from local.demo.driver.loop_file import read_loop as read_values
from local.stack.bootstrap import client
from nightloop.aws.dag_factory import model_tasks
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.config import read_loop
from tests.integration.aws.load import constant_load
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import upload_data
from tests.integration.aws.running import run as run_alone
from tests.system.airflow.running import RECTANGLES

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from benchmarks.exactly_once.histories import Entry
    from local.demo.driver.airflow_api import DagRun
    from nightloop.aws.hooks.registry import ModelVersion
    from nightloop.config import LoopConfig
    from tests.system.airflow.running import RunningAirflow

NAME = "rectangles"


def write_loop(folder: Path, name: str = NAME, **gate: Any) -> LoopConfig:
    """Write the file of a loop on two machines, each of whose models is promoted and may be held (see `container`)."""
    loop = read_values()
    loop |= {"name": name, "schedule": None, "bucket": name, "images": f"s3://{name}/images/{{ds}}/"}
    loop["seed"] = {"manifest": f"s3://{name}/seed.manifest", "holdout": f"s3://{name}/holdout.manifest"}
    loop["endpoint"] |= {"name": f"{name}-live", "instance_count": 2}
    loop["training"] |= {"image": f"811284229777.dkr.ecr.us-east-1.amazonaws.com/{RECTANGLES}", "minimum_new_lines": 1}
    loop["training"]["incremental"]["held_by"] = str(_held(folder.parent, name))
    # Each generation is a little better than the one before.
    loop["training"]["incremental"]["learns"] = "slowly"
    loop["gate"] |= {"confidence": 0.7, "bootstrap_rounds": 100}
    loop["gate"] |= gate
    loop["promotion"] |= {"canary_seconds": 1, "bake_seconds": 1}
    _held(folder.parent, name).mkdir()
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(loop, sort_keys=False))
    return read_loop(path)


def _held(state: Path, name: str) -> Path:
    return state / f"held-{name}"


class Trainings:
    """Starts trainings of one loop and compares what they made with what they should have made."""

    def __init__(self, airflow: RunningAirflow, loop: LoopConfig) -> None:
        self.airflow, self.loop = airflow, loop
        self.stack = airflow.stack
        self.s3 = client("s3", self.stack.settings.aws_url, self.stack.secrets)
        self.sagemaker = client("sagemaker", self.stack.settings.sagemaker_url, self.stack.secrets)
        self.held = _held(self.stack.settings.state, loop.name)
        self.runs: list[DagRun] = []
        self._begun: dict[str, int] = {}

    def bootstrap(self) -> None:
        """Put a first model live; it is version 1 of the registry."""
        self.s3.create_bucket(Bucket=self.loop.bucket)
        upload_data(self.s3, self.loop.bucket, list(self.loop.classes))
        trained, model, config = Night(self.loop, "2026-01-01").bootstrap()
        registered = run_alone(model_tasks.register_model(self.loop, trained=trained, model=model))
        run_alone(model_tasks.record_first_approval(registered, config, config))

    def begin(self) -> DagRun:
        """Put one more reviewed night there and start the training that learns it."""
        number = len(self.runs)
        Night(self.loop, str(date(2026, 4, 1) + timedelta(days=number))).write_reviewed(self.s3, shade=80 + number)
        before = len(self.airflow.history())
        run = self.airflow.api.trigger(f"incremental_training_{self.loop.name}")
        self.runs.append(run)
        self._begun[run.run_id] = before
        return run

    def hold(self, step: str) -> None:
        """Let nothing get past `train`, or `serve`, until it is released."""
        (self.held / step).touch()

    def release(self, step: str) -> None:
        (self.held / step).unlink()

    def release_all(self) -> None:
        for path in self.held.iterdir():
            path.unlink()

    def history(self, run: DagRun) -> list[Entry]:
        """Return what SageMaker did since a run began."""
        return self.airflow.history()[self._begun[run.run_id] :]

    def made(self, run: DagRun, operation: str) -> list[str]:
        """Return the names of what was made, changed or stopped by one operation since a run began."""
        return [entry.name for entry in self.history(run) if entry.operation == operation and entry.committed]

    def check(self, run: DagRun, given_up: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Assert that a run ended as if nothing had happened: every job, version and update once, nothing stopped.

        `given_up` are jobs that somebody ended by hand.
        """
        results = {task_id: self.airflow.result(run, task_id) for task_id in RESULTS}
        outputs = [results[task_id]["output"] for task_id in ("transform_champion", "transform_challenger")]
        jobs = {results["train"]["training_job"], *(output.rstrip("/").rsplit("/", 1)[-1] for output in outputs)}
        versions = frozenset({results["register_model"]["package"].partition(":model-package/")[2]})
        known: dict[str, Any] = {"versions": versions, "stops": given_up}
        mine = Evidence(models=self.history(run), jobs=frozenset(jobs | given_up), updates=1, **known)
        ever = Evidence(models=self.airflow.history(), jobs=frozenset(jobs), **known)
        findings = [finding for look in (*TWICE, models.ghost_stops) for finding in look(mine)]
        assert findings + [finding for look in LOST for finding in look(ever)] == []
        made = {operation: self.made(run, operation) for operation in ONCE}
        assert {operation: len(names) for operation, names in made.items()} == dict.fromkeys(ONCE, 1)
        assert set(self.made(run, "CreateTrainingJob")) == {results["train"]["training_job"], *given_up}
        assert self.made(run, "CreateTransformJob")[-1] in jobs
        self._check_live(results)
        return results

    def _check_live(self, results: dict[str, Any]) -> None:
        live = ModelHook().live_model(self.loop.endpoint.name)
        assert (live.model, live.config) == (results["create_model"], results["verify_endpoint"]["config"])
        (version,) = [version for version in self.versions() if version.model == live.model]
        assert (version.status, version.arn) == ("Approved", results["register_model"]["package"])
        job = results["train"]["training_job"]
        assert self.sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"] == "Completed"
        receipt = results["write_receipt"]
        assert (receipt["promoted"], receipt["training_job"]) == (True, job)

    def versions(self) -> list[ModelVersion]:
        """Return all versions of the registry, newest first."""
        return RegistryHook().versions(self.loop.name)

    def load(self) -> AbstractContextManager[tuple[list[float], list[Exception]]]:
        """Ask the live endpoint all the time, and leave Airflow some of the machine."""
        url, secret = self.stack.settings.sagemaker_url, self.stack.secrets.aws_secret_key
        return constant_load(url, secret, self.loop.endpoint.name, workers=2, pause=0.05)


RESULTS = (
    "build_cohort",
    "train",
    "create_model",
    "transform_champion",
    "transform_challenger",
    "evaluate",
    "register_model",
    "promote",
    "verify_endpoint",
    "record_approval",
    "write_receipt",
)
TWICE = (models.jobs_started_twice, models.versions_registered_twice)
LOST = (models.jobs_lost, models.versions_lost)
ONCE = ("CreateModel", "CreateModelPackage", "UpdateEndpoint")
