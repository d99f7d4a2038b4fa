"""What a model and its endpoint are, as SageMaker's create operations take them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.tags import tag_list
from nightloop.aws.errors import EndpointVariantsError
from nightloop.aws.resources.deployment import PromotionSettings
from nightloop.aws.resources.scaling import ScalingSettings
from nightloop.aws.storage.layout import LoopFiles, QueueFiles
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nightloop.config import LoopConfig

VARIANT: Final = "AllTraffic"


@dataclass(frozen=True, kw_only=True)
class ServingSettings:
    """How models of a loop are served.

    :param loop: The loop's name.
    :param endpoint_name: The live endpoint.
    :param image: The container image that serves.
    :param async_concurrency: How many requests one machine of an asynchronous endpoint works on at once; None: the
        endpoint is real-time. An asynchronous one needs the folder, where its answers are written.
    :param scaling: How the endpoint's machines come and go; None: it keeps those it has.
    :param promotion: How a new model takes over the endpoint.
    :param folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`, where its DAG runs agree on who may change the
        endpoint; empty if only one run does.
    :param tags: The tags of everything that is made.
    """

    loop: str
    endpoint_name: str
    image: str
    role_arn: str
    instance_type: str = "ml.m5.large"
    instance_count: int = 1
    async_concurrency: int | None = None
    scaling: ScalingSettings | None = None
    promotion: PromotionSettings = field(default_factory=PromotionSettings)
    folder: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: LoopConfig) -> ServingSettings:
        """Take the settings from a loop's file."""
        queue = config.endpoint.async_inference
        return cls(
            loop=config.name,
            endpoint_name=config.endpoint.name,
            image=config.training.image,
            role_arn=config.role_arn,
            instance_type=config.endpoint.instance_type,
            instance_count=config.endpoint.instance_count,
            async_concurrency=queue.max_concurrent_invocations_per_instance if queue else None,
            scaling=ScalingSettings.of(config, VARIANT),
            promotion=PromotionSettings.of(config),
            folder=LoopFiles.of(config).folder,
            tags=config.tags,
        )

    def model_name(self, training_job: str) -> str:
        """Name the model of a training job."""
        return naming.model_name(self.loop, training_job, image=self.image)

    def model_request(self, training_job: str, artefact: str) -> dict[str, Any]:
        """Return CreateModel's request."""
        return {
            "ModelName": self.model_name(training_job),
            "ExecutionRoleArn": self.role_arn,
            "PrimaryContainer": {"Image": self.image, "ModelDataUrl": artefact},
            "Tags": tag_list(self.tags, training_job=training_job),
        }

    def config_name(self, model: str) -> str:
        """Name the endpoint configuration that serves a model."""
        settings: dict[str, object] = {"instance_type": self.instance_type, "instance_count": self.instance_count}
        if queue := self._queue():
            settings |= queue
        return naming.endpoint_config_name(self.loop, model, **settings)

    def config_request(self, model: str) -> dict[str, Any]:
        """Return CreateEndpointConfig's request: one variant, always of the same name, for blue/green updates."""
        variant = {
            "VariantName": VARIANT,
            "ModelName": model,
            "InstanceType": self.instance_type,
            "InitialInstanceCount": self.instance_count,
        }
        return {
            "EndpointConfigName": self.config_name(model),
            "ProductionVariants": [variant],
            "Tags": tag_list(self.tags, model=model),
            **self._queue(),
        }

    def _queue(self) -> dict[str, Any]:
        """Return what makes an endpoint asynchronous; nothing for a real-time one, whose configs keep their names."""
        if self.async_concurrency is None:
            return {}
        files = QueueFiles(self.folder)
        output = {"S3OutputPath": files.answers, "S3FailurePath": files.failures}
        client = {"MaxConcurrentInvocationsPerInstance": self.async_concurrency}
        return {"AsyncInferenceConfig": {"ClientConfig": client, "OutputConfig": output}}

    def alarm_requests(self, config: str) -> list[dict[str, Any]]:
        """Return PutMetricAlarm's requests for the update to a configuration."""
        return self.promotion.alarm_requests(self.loop, self.endpoint_name, VARIANT, config, self.tags)

    def machines(self, live: Sequence[Mapping[str, Any]], configured: Sequence[Mapping[str, Any]]) -> int:
        """Return how many machines the endpoint gets: those it was scaled to, else those of the loop's file.

        0 if it is scaled to none: the update then starts those of the loop's file, so that the new model has to prove
        that it starts.

        :param live: The endpoint's variants, from DescribeEndpoint.
        :param configured: The variants of its configuration, from DescribeEndpointConfig.
        :raises EndpointVariantsError: if the endpoint does not have the one variant that this loop makes.
        """
        names = sorted(variant["VariantName"] for variant in live)
        if names != [VARIANT]:
            raise EndpointVariantsError(
                f"Endpoint {self.endpoint_name} has the variants {', '.join(names)}; this loop serves one, {VARIANT}, "
                "and SageMaker moves traffic only between variants of the same names. Delete the endpoint and run this "
                "loop's bootstrap DAG, or give the loop an endpoint of its own (endpoint.name in its file)."
            )
        desired = int(live[0].get("DesiredInstanceCount") or live[0].get("CurrentInstanceCount") or 0)
        if self.scaling is not None:
            return desired
        scaled = desired not in {0, configured[0].get("InitialInstanceCount")}
        return desired if scaled else self.instance_count

    def update_request(self, config: str, alarms: list[str], machines: int | None = None) -> dict[str, Any]:
        """Return UpdateEndpoint's request; the variant's weight and the number of machines it was scaled to stay.

        :param alarms: The names of the CloudWatch alarms that put the old configuration back.
        :param machines: How many machines the endpoint gets, if not those of the loop's file.
        """
        count = machines or self.instance_count
        request: dict[str, Any] = {
            "EndpointName": self.endpoint_name,
            "EndpointConfigName": config,
            "RetainAllVariantProperties": True,
            "DeploymentConfig": self.promotion.deployment(count, alarms),
        }
        scaled = machines and (self.scaling is not None or machines != self.instance_count)
        if not scaled:
            # If nobody scaled it, the loop's file counts, also after a change.
            request["ExcludeRetainedVariantProperties"] = [{"VariantPropertyType": "DesiredInstanceCount"}]
        return request
