import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.sagemaker.serving.serving_container import ModelContainer

Document = dict[str, Any]

ASYNC_CONCURRENCY = 4  # where the config does not say; SageMaker then chooses by itself


@dataclass(frozen=True)
class Variant:
    """One deployed production variant: its model at that time, its number of instances, its share of the traffic."""

    name: str
    model: ModelContainer
    instance_type: str
    count: int
    weight: float
    startup_seconds: float | None

    def to_json(self) -> Document:
        """Return the form that is stored."""
        model = {"image": self.model.image, "data": self.model.model_data, "environment": dict(self.model.environment)}
        return {
            "name": self.name,
            "model": model,
            "instance_type": self.instance_type,
            "count": self.count,
            "weight": self.weight,
            "startup_seconds": self.startup_seconds,
        }

    @classmethod
    def from_json(cls, document: Document) -> "Variant":
        """Read the stored form."""
        model = document["model"]
        container = ModelContainer(model["image"], model["data"], model["environment"])
        return cls(**(document | {"model": container}))

    @classmethod
    def from_request(cls, variant: Mapping[str, Any], container: Mapping[str, Any]) -> "Variant":
        """Read a ProductionVariant of the API, with its model's container definition."""
        return cls(
            variant["VariantName"],
            ModelContainer.from_definition(container),
            variant["InstanceType"],
            variant["InitialInstanceCount"],
            variant.get("InitialVariantWeight", 1.0),
            variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
        )


@dataclass(frozen=True)
class Deployment:
    """What an endpoint runs, or is about to run. It outlives the config and the models it was made from."""

    identity: str
    config_name: str
    created: float
    variants: Sequence[Variant]
    policy: Document
    stage: str = "Creating"
    asynchronous: Document | None = None  # the AsyncInferenceConfig

    @classmethod
    def make(
        cls,
        config_name: str,
        variants: Sequence[Variant],
        policy: Document,
        now: float,
        asynchronous: Document | None = None,
    ) -> "Deployment":
        """Make a new deployment; `policy` is the DeploymentConfig of the request, or empty."""
        return cls(uuid.uuid4().hex, config_name, now, tuple(variants), policy, asynchronous=asynchronous)

    def to_json(self) -> Document:
        """Return the form that is stored."""
        variants = [variant.to_json() for variant in self.variants]
        return {
            "identity": self.identity,
            "config_name": self.config_name,
            "created": self.created,
            "variants": variants,
            "policy": self.policy,
            "stage": self.stage,
            "asynchronous": self.asynchronous,
        }

    @classmethod
    def from_json(cls, document: Document) -> "Deployment":
        """Read the stored form."""
        return cls(**(document | {"variants": tuple(Variant.from_json(variant) for variant in document["variants"])}))

    @property
    def async_concurrency(self) -> int:
        """How many asynchronous requests one instance works on at once; 0 for a real-time endpoint."""
        if self.asynchronous is None:
            return 0
        client = self.asynchronous.get("ClientConfig", {})
        return int(client.get("MaxConcurrentInvocationsPerInstance", ASYNC_CONCURRENCY))

    def with_variants(self, variants: Sequence[Variant]) -> "Deployment":
        """Return the same deployment with other counts or weights."""
        return replace(self, variants=tuple(variants))
