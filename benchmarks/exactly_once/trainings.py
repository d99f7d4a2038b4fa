"""Trainings whose tasks are killed, from the cohort to the promoted endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.exactly_once.dangers import Commit
from tests.integration.aws.nights import Night
from tests.integration.aws.trainings import Training

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.exactly_once.killer import Killer
    from nightloop.config import LoopConfig

COHORT = Commit("aws", "PutObject", "*/cohorts/*", 2)
RESULTS = Commit("aws", "PutObject", "*/models/*.json")
TRANSFORM = (Commit("sagemaker", "CreateTransformJob"), Commit("aws", "PutObject", "*/holdouts/*"))
REGISTER = Commit("sagemaker", "CreateModelPackage")
PROMOTE = (Commit("sagemaker", "UpdateEndpoint"), Commit("sagemaker", "CreateEndpointConfig"))


@dataclass
class Trainings:
    """The trainings of one loop, each on one more reviewed night and on the model of the one before."""

    loop: LoopConfig
    killer: Killer
    s3: Any
    jobs: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    rounds: int = 0

    def next(self) -> None:
        """Train, compare, promote and verify once."""
        night = Night(self.loop, str(date(2026, 1, 10) + timedelta(days=self.rounds)))
        night.write_reviewed(self.s3, shade=80 + self.rounds % 100)
        training = Training(self.loop)
        self._do(training, "build_cohort", training.build_cohort, COHORT)
        parent = training.results["build_cohort"]["parent_model"]
        self._do(training, "train", training.train, Commit("sagemaker", "CreateTrainingJob"))
        self._do(training, "create_model", training.create_model, Commit("sagemaker", "CreateModel"))
        model = training.results["create_model"]
        for name, which in (("transform_champion", parent), ("transform_challenger", model)):
            self._do(training, name, lambda name=name, which=which: training.transform(name, which), *TRANSFORM)
        self._do(training, "evaluate", training.evaluate, RESULTS)
        self._do(training, "gate", training.gate, RESULTS)
        self._do(training, "register_model", training.register, REGISTER)
        self._do(training, "promote", lambda: training.promote(model), *PROMOTE)
        self._do(training, "verify_endpoint", training.verify)
        self._do(training, "record_approval", training.record)
        self._do(training, "write_training_receipt", training.receipt, RESULTS)
        self.rounds += 1
        self.versions.add(training.results["register_model"]["package"].partition(":model-package/")[2])
        self.jobs.add(training.results["train"]["training_job"])
        for name in ("transform_champion", "transform_challenger"):
            self.jobs.add(training.results[name]["output"].rstrip("/").rsplit("/", 1)[-1])

    def _do(self, training: Training, name: str, step: Callable[[], Any], *commits: Commit) -> None:
        """Do a step in other processes, and take over what it left in the one that was done."""

        def results() -> dict[str, Any]:
            step()
            return training.results

        training.results = self.killer.do(name, results, *commits)
