"""Gives every model its number in the registry, with what it was made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import JobVanishedError
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.results.training import Evaluated, GateLimits, RegisteredModel, TrainedModel
from nightloop.aws.storage.layout import CohortFiles, EvaluationFiles, LoopFiles
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.serving import ServingSettings
    from nightloop.aws.results.given import Given
    from nightloop.domain.lineage.origins import ModelOrigin

_CONTENT_TYPES: Final = ["image/jpeg", "image/png", "application/x-image"]
_FIGURES: Final = {"average_precision": "mean_average_precision", "coco": "coco_average_precision"}
"""What a version calls a figure where its own name alone says too little."""


class RegisterModelOperator(LoopOperator):
    """Register a model as a version that waits for approval, or find it; write its origin beside its artefact, once.

    The version carries metrics, cohort, parent model and the gate's decision; the same model is registered once.

    Returns the version's ARN and number, and the model's origin.

    :param serving: How models of this loop are served.
    :param loop_folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    :param trained: What `TrainOperator` returned (templated).
    :param model: The model's name (templated).
    :param parent_model: The model it went on from; none for a first model (templated).
    :param gate: The limits the gate decides with: its decision will lie under their digest; none: the version names no
        decision.
    :param evaluation: What `EvaluateOperator` returned; none for a first model (templated).

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
    """

    template_fields = aws_template_fields("evaluation", "model", "parent_model", "trained")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        serving: ServingSettings,
        loop_folder: str,
        trained: Given[TrainedModel],
        model: Given[str],
        parent_model: Given[str] | None = None,
        evaluation: Given[Evaluated] | None = None,
        gate: GateLimits | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.serving = serving
        self.loop_folder = loop_folder
        self.trained = trained
        self.model = model
        self.parent_model = parent_model
        self.evaluation = evaluation
        self.gate = gate

    def execute(self, context: Context) -> RegisteredModel:
        """Write the origin, then register."""
        from nightloop.domain.rows.jsonl import dump_line

        uri = LoopFiles(self.loop_folder).model(self._trained["training_job"]).origin
        stored = self.store.read_if_there(uri)
        if stored is None:
            stored = self.store.write_once(uri, (dump_line(self._origin(context).to_json()) + "\n").encode(), JSON)
        origin: dict[str, str] = json.loads(stored)
        S3OutputLink.persist_for(context, self, uri)
        registry = RegistryHook(self.aws_conn_id, **self.client_arguments)
        made = self.sagemaker.describe_model(str(self.model))["CreationTime"]
        version = registry.register(
            self.serving.loop, self._request(), {**origin, **self._figures()}, made, self.serving.tags
        )
        self.log.info("%s is version %s: %s", self.model, version.number, version.arn)
        return {"package": version.arn, "version": version.number, "origin": origin}

    def _origin(self, context: Context) -> ModelOrigin:
        from nightloop.domain.lineage.origins import ModelOrigin

        job = self._trained["training_job"]
        train, validation = self._manifests(job)
        run = context.get("dag_run")
        return ModelOrigin(
            model=str(self.model),
            training_job=job,
            artefact=self._trained["artefact"],
            cohort=CohortFiles.of(train).name,
            train=train,
            validation=validation,
            parent_model=str(self.parent_model) if self.parent_model else None,
            evaluation=self._evaluated["uri"] if self._evaluated else None,
            gate=self._decision(self._evaluated, self.gate) if self._evaluated and self.gate else None,
            run=f"{run.dag_id}/{run.run_id}" if run else None,
        )

    @property
    def _trained(self) -> TrainedModel:
        return self.read(TrainedModel, trained=self.trained)

    @property
    def _evaluated(self) -> Evaluated | None:
        return self.read(Evaluated, evaluation=self.evaluation) if self.evaluation else None

    @staticmethod
    def _decision(evaluated: Evaluated, limits: GateLimits) -> str:
        return EvaluationFiles.of(evaluated["uri"]).decision(naming.decision_digest(**limits)).gate

    def _manifests(self, job: str) -> tuple[str, str]:
        described = self.sagemaker.describe_job("training", job)
        if described is None:
            raise JobVanishedError(f"Training job {job} is not there any more, so what its model learned is not known.")
        uris = {
            channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
            for channel in described["InputDataConfig"]
        }
        return uris["train"], uris["validation"]

    def _figures(self) -> dict[str, str]:
        if self._evaluated is None:
            return {}
        figures = self._evaluated["figures"]["challenger"]
        return {_FIGURES.get(name, name): f"{value:.4f}" for name, value in figures.items()}

    def _request(self) -> dict[str, Any]:
        container = {"Image": self.serving.image, "ModelDataUrl": self._trained["artefact"]}
        request: dict[str, Any] = {
            "ModelPackageDescription": f"{self.model}, trained by {self._trained['training_job']}",
            "ModelApprovalStatus": "PendingManualApproval",
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": _CONTENT_TYPES,
                "SupportedResponseMIMETypes": ["application/json"],
                "SupportedRealtimeInferenceInstanceTypes": [self.serving.instance_type],
            },
        }
        if self._evaluated:
            statistics = {"ContentType": JSON, "S3Uri": self._evaluated["uri"]}
            request["ModelMetrics"] = {"ModelQuality": {"Statistics": statistics}}
        return request
