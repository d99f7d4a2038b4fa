"""The steps of a training and of a roll-back as the DAG files wire them, run one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.dag_factory import model_tasks, serving_tasks, training_tasks
from nightloop.aws.dag_factory.forms import TrainingForm
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.training.gate import DECISION
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.resources.training_job import TrainingSettings
from tests.integration.aws.running import Context, run

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DRAWS = 200
"""So few draws of the bootstrap are enough here."""


class Training:
    """One run of the training DAG; each method runs one task and keeps what it would push.

    `settings` and `serving`, once they are set, stand in for those the loop's file gives.
    """

    def __init__(self, loop: LoopConfig) -> None:
        self.loop = loop
        self.data = DataSettings.of(loop)
        self.results: dict[str, Any] = {}
        self._changed: dict[str, Any] = {}

    @property
    def settings(self) -> TrainingSettings:
        return self._changed.get("settings") or TrainingSettings.of(self.loop, self.loop.training.incremental)

    @settings.setter
    def settings(self, settings: TrainingSettings) -> None:
        self._changed["settings"] = settings

    @property
    def serving(self) -> ServingSettings:
        return self._changed.get("serving") or ServingSettings.of(self.loop)

    @serving.setter
    def serving(self, serving: ServingSettings) -> None:
        self._changed["serving"] = serving

    def _run(self, operator: Any, context: Context | None = None, **changed: Any) -> Any:
        changed |= {name: value for name, value in self._changed.items() if hasattr(operator, name)}
        self.results[operator.task_id] = run(operator, context, **changed)
        return self.results[operator.task_id]

    def form(self, minimum: int = 1, ordinal: int = 0, release: str = "") -> TrainingForm:
        """What Airflow makes of the trigger form: text."""
        return TrainingForm(str(minimum), str(ordinal), release)

    def build_cohort(self, minimum: int = 1, release: str = "") -> dict[str, Any]:
        return self._run(training_tasks.build_cohort(self.loop, self.form(minimum, release=release)))

    def check_cohort(self) -> dict[str, int]:
        operator = training_tasks.check_cohort(self.loop, self.results["build_cohort"])
        return self._run(operator, training=self.settings)

    def train(self, ordinal: int = 0) -> dict[str, Any]:
        form = self.form(ordinal=ordinal)
        return self._run(training_tasks.train(self.loop, form, self.results["build_cohort"]), poll_seconds=1)

    def create_model(self) -> str:
        return self._run(serving_tasks.create_model(self.loop, self.results["train"], require_endpoint=True))

    def transform(self, name: str, model: str) -> dict[str, str]:
        return self._run(serving_tasks.transform(self.loop, name, model), poll_seconds=1)

    def evaluate(self) -> dict[str, Any]:
        operator = model_tasks.evaluate(
            self.loop,
            trained=self.results["train"],
            champion=self.results["transform_champion"],
            challenger=self.results["transform_challenger"],
        )
        return self._run(operator, bootstrap_rounds=DRAWS)

    def gate(self) -> str:
        context, operator = Context(), model_tasks.gate(self.loop, self.results["evaluate"])
        operator.skip_all_except = lambda *_: None  # which tasks Airflow skips is the DAG tests' affair
        branch = str(run(operator, context))
        self.results["gate"] = context.pushed[DECISION]
        return branch

    def register(self, context: Context | None = None) -> dict[str, Any]:
        operator = model_tasks.register_model(
            self.loop,
            trained=self.results["train"],
            model=self.results["create_model"],
            parent_model=self.results["build_cohort"]["parent_model"],
            evaluation=self.results["evaluate"],
        )
        return self._run(operator, context)

    def record(self, superseded: str | None = None) -> dict[str, str]:
        context = Context()
        promote = {"return_value": self.results.get("promote"), "superseded": superseded}
        context.answers = {"gate": self.results["gate"]}
        context.answers |= {("promote", key): value for key, value in promote.items()}
        registered, verified = self.results["register_model"], self.results.get("verify_endpoint")
        operator = model_tasks.record_approval(self.loop, registered, verified)
        operator.skip_all_except = lambda *_: None
        return self._run(operator, context)

    def promote(self, model: str, context: Context | None = None) -> dict[str, str]:
        operator = serving_tasks.promote(self.loop, model, self.results["transform_champion"])
        return self._run(operator, context, poll_seconds=1)

    def choose(self, version: str = "previous") -> dict[str, Any]:
        return self._run(model_tasks.choose_version(self.loop, version))

    def roll_back(self, target: dict[str, Any]) -> dict[str, str]:
        self.results["promote"] = self._run(serving_tasks.roll_back(self.loop, target), poll_seconds=1)
        return self.results["promote"]

    def quarantine(self, target: dict[str, Any], reason: str = "", context: Context | None = None) -> dict[str, Any]:
        return self._run(model_tasks.quarantine(self.loop, target, reason), context)

    def verify(self) -> dict[str, Any]:
        promoted, challenger = self.results["promote"], self.results["transform_challenger"]
        return self._run(serving_tasks.verify_endpoint(self.loop, promoted, challenger))

    def receipt(self) -> dict[str, Any]:
        operator = training_tasks.write_training_receipt(
            self.loop,
            cohort=self.results["build_cohort"],
            trained=self.results["train"],
            evaluation=self.results["evaluate"],
            decision=self.results["gate"],
            verified=self.results.get("verify_endpoint"),
            registered=self.results["register_model"],
            recorded=self.results["record_approval"],
        )
        return self._run(operator)

    def until_evaluated(self) -> dict[str, Any]:
        self.train()
        challenger = self.create_model()
        self.transform("transform_champion", self.results["build_cohort"]["parent_model"])
        self.transform("transform_challenger", challenger)
        return self.evaluate()
