"""What a model and its endpoint are, as SageMaker's create operations take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nightloop.loop import naming

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

VARIANT: Final = "AllTraffic"


@dataclass(frozen=True, kw_only=True)
class ServingSettings:
    """How models of a loop are served.

    :param loop: The loop's name.
    :param endpoint_name: The live endpoint.
    :param image: The container image that serves.
    """

    loop: str
    endpoint_name: str
    image: str
    role_arn: str
    instance_type: str = "ml.m5.large"
    instance_count: int = 1

    @classmethod
    def of(cls, config: LoopConfig) -> ServingSettings:
        """Take the settings from a loop's file."""
        return cls(
            loop=config.name,
            endpoint_name=config.endpoint.name,
            image=config.training.image,
            role_arn=config.role_arn,
            instance_type=config.endpoint.instance_type,
            instance_count=config.endpoint.instance_count,
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
        }

    def config_name(self, model: str) -> str:
        """Name the endpoint configuration that serves a model."""
        settings = {"instance_type": self.instance_type, "instance_count": self.instance_count}
        return naming.endpoint_config_name(self.loop, model, **settings)

    def config_request(self, model: str) -> dict[str, Any]:
        """Return CreateEndpointConfig's request: one variant, always of the same name, as blue/green updates need."""
        variant = {
            "VariantName": VARIANT,
            "ModelName": model,
            "InstanceType": self.instance_type,
            "InitialInstanceCount": self.instance_count,
        }
        return {"EndpointConfigName": self.config_name(model), "ProductionVariants": [variant]}

    def update_request(self, config: str, alarms: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return UpdateEndpoint's request: a canary of half the instances where there are at least two.

        :param alarms: CloudWatch alarms that put the old configuration back.
        """
        routing: dict[str, Any] = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        if self.instance_count > 1:
            canary = {"Type": "INSTANCE_COUNT", "Value": self.instance_count // 2}
            routing = {"Type": "CANARY", "WaitIntervalInSeconds": 300, "CanarySize": canary}
        deployment: dict[str, Any] = {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": routing,
                "TerminationWaitInSeconds": 300 if alarms else 0,
                "MaximumExecutionTimeoutInSeconds": 3600,
            }
        }
        if alarms:
            deployment["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": name} for name in alarms]}
        return {
            "EndpointName": self.endpoint_name,
            "EndpointConfigName": config,
            "RetainAllVariantProperties": False,
            "DeploymentConfig": deployment,
        }
