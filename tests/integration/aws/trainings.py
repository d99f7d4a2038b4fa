"""The steps of a training as the DAG wires them, run one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.dag_factory.loop_dags import EXPECTATIONS, gate_arguments
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.operators.sagemaker.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.operators.training.build_cohort import BuildCohortOperator
from nightloop.aws.operators.training.evaluate import EvaluateOperator
from nightloop.aws.operators.training.gate import DECISION, GateOperator
from nightloop.aws.operators.training.quarantine import QuarantineOperator
from nightloop.aws.operators.training.record_approval import RecordApprovalOperator
from nightloop.aws.operators.training.register_model import RegisterModelOperator
from nightloop.aws.operators.training.train import TrainOperator
from nightloop.aws.operators.training.write_training_receipt import WriteTrainingReceiptOperator
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.resources.training_job import TrainingSettings
from tests.integration.aws.running import Context, run

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


class Training:
    """One run of the training DAG; each method runs one task and keeps what it would push."""

    def __init__(self, loop: LoopConfig) -> None:
        self.loop = loop
        self.data = DataSettings.of(loop)
        self.serving = ServingSettings.of(loop)
        self.settings = TrainingSettings.of(loop, loop.training.incremental)
        self.results: dict[str, Any] = {}

    def _run(self, name: str, kind: Any, context: Context | None = None, **arguments: Any) -> Any:
        self.results[name] = run(kind(task_id=name, **arguments), context)
        return self.results[name]

    def build_cohort(self, minimum: int = 1) -> dict[str, Any]:
        return self._run(
            "build_cohort",
            BuildCohortOperator,
            data=self.data,
            endpoint_name=self.loop.endpoint.name,
            loop=self.loop.name,
            minimum_new_lines=str(minimum),
        )

    def check_cohort(self) -> dict[str, int]:
        return self._run(
            "check_cohort",
            CheckManifestOperator,
            manifest=self.results["build_cohort"]["train"],
            validation=self.results["build_cohort"].get("validation"),
            suite_path=str(EXPECTATIONS / "cohort.json"),
            data=self.data,
            training=self.settings,
            num_training_samples=self.results["build_cohort"]["train_lines"],
        )

    def train(self, ordinal: int = 0) -> dict[str, Any]:
        cohort = self.results["build_cohort"]
        arguments = {"settings": self.settings, "cohort": cohort, "ordinal": str(ordinal), "poll_seconds": 1}
        return self._run("train", TrainOperator, **arguments)

    def create_model(self) -> str:
        return self._run("create_model", CreateModelOperator, serving=self.serving, trained=self.results["train"])

    def transform(self, name: str, model: str) -> dict[str, str]:
        arguments = {"loop": self.loop.name, "model": model, "data": self.data, "poll_seconds": 1}
        return self._run(name, TransformOperator, **arguments)

    def evaluate(self) -> dict[str, Any]:
        return self._run(
            "evaluate",
            EvaluateOperator,
            data=self.data,
            trained=self.results["train"],
            champion=self.results["transform_champion"],
            challenger=self.results["transform_challenger"],
            bootstrap_rounds=200,
        )

    def gate(self) -> str:
        context, gate = Context(), self.loop.gate
        operator = GateOperator(
            task_id="gate",
            evaluation=self.results["evaluate"],
            confidence=gate.confidence,
            max_class_drop=gate.max_class_drop,
            min_class_objects=gate.min_class_objects,
            min_holdout_images=gate.min_holdout_images,
            promote_task_id="promote",
            keep_task_id="record_approval",
        )
        operator.skip_all_except = lambda *_: None  # which tasks Airflow skips is the DAG tests' affair
        branch = str(run(operator, context))
        self.results["gate"] = context.pushed[DECISION]
        return branch

    def register(self) -> dict[str, Any]:
        return self._run(
            "register_model",
            RegisterModelOperator,
            serving=self.serving,
            loop_folder=self.data.folder,
            trained=self.results["train"],
            model=self.results["create_model"],
            parent_model=self.results["build_cohort"]["parent_model"],
            evaluation=self.results["evaluate"],
            gate=gate_arguments(self.loop),
        )

    def record(self, superseded: str | None = None, **answers: Any) -> dict[str, str]:
        context = Context()
        promote = {"return_value": self.results.get("promote"), "superseded": superseded}
        context.answers = {"gate": self.results["gate"], **answers}
        context.answers |= {("promote", key): value for key, value in promote.items()}
        return self._run(
            "record_approval",
            RecordApprovalOperator,
            context,
            registered=self.results["register_model"],
            verified=self.results.get("verify_endpoint"),
            gate_task_id="gate",
            approval_task_id="approve",
            promote_task_id="promote",
            loop_folder=self.data.folder,
        )

    def promote(self, model: str, context: Context | None = None) -> dict[str, str]:
        arguments = {"serving": self.serving, "model": model, "poll_seconds": 1}
        champion = self.results["transform_champion"]["model"]
        promoted = {"champion": champion, "attribute": self.loop.attribute, **arguments}
        return self._run("promote", PromoteOperator, context, **promoted)

    def roll_back(self, target: dict[str, Any]) -> dict[str, str]:
        arguments = {"serving": self.serving, "model": target["model"], "champion": target["live_model"]}
        return self._run("promote", PromoteOperator, **arguments, poll_seconds=1)

    def quarantine(self, target: dict[str, Any], reason: str = "", context: Context | None = None) -> dict[str, Any]:
        return self._run(
            "quarantine",
            QuarantineOperator,
            context,
            loop=self.loop.name,
            data=self.data,
            endpoint_name=self.loop.endpoint.name,
            target=target,
            reason=reason,
        )

    def verify(self) -> dict[str, Any]:
        return self._run(
            "verify_endpoint",
            VerifyEndpointOperator,
            endpoint_name=self.loop.endpoint.name,
            promoted=self.results["promote"],
            challenger=self.results["transform_challenger"],
            data=self.data,
        )

    def receipt(self) -> dict[str, Any]:
        return self._run(
            "write_receipt",
            WriteTrainingReceiptOperator,
            loop=self.loop.name,
            cohort=self.results["build_cohort"],
            trained=self.results["train"],
            evaluation=self.results["evaluate"],
            decision=self.results["gate"],
            verified=self.results.get("verify_endpoint"),
            registered=self.results["register_model"],
            recorded=self.results["record_approval"],
        )

    def until_evaluated(self) -> dict[str, Any]:
        self.train()
        challenger = self.create_model()
        self.transform("transform_champion", self.results["build_cohort"]["parent_model"])
        self.transform("transform_challenger", challenger)
        return self.evaluate()
