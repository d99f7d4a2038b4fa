from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STRATEGIES = {"MULTI_RECORD": "MultiRecord", "SINGLE_RECORD": "SingleRecord"}
CONTAINER_STRATEGIES = {value: name for name, value in STRATEGIES.items()}
MAX_TOTAL_MB = 100


@dataclass(frozen=True)
class TransformPlan:
    """How a transform job sends its requests: by the job's request, else the container, else SageMaker's defaults."""

    max_concurrent: int
    max_payload_mb: int
    batch_strategy: str
    timeout_seconds: int
    max_retries: int
    split_type: str
    assemble_with: str
    headers: Mapping[str, str]

    @classmethod
    def make(cls, request: Mapping[str, Any], container: Mapping[str, Any]) -> "TransformPlan":
        """Combine a CreateTransformJob request with the container's execution parameters."""
        concurrent = request.get("MaxConcurrentTransforms") or container.get("MaxConcurrentTransforms") or 1
        payload = request.get("MaxPayloadInMB", container.get("MaxPayloadInMB", 6))
        strategy = STRATEGIES.get(container.get("BatchStrategy", ""), "MultiRecord")
        client = request.get("ModelClientConfig", {})
        headers = {
            "Content-Type": request["TransformInput"].get("ContentType"),
            "Accept": request["TransformOutput"].get("Accept"),
        }
        return cls(
            max_concurrent=int(concurrent),
            max_payload_mb=int(payload),
            batch_strategy=request.get("BatchStrategy", strategy),
            timeout_seconds=client.get("InvocationsTimeoutInSeconds", 600),
            max_retries=client.get("InvocationsMaxRetries", 3),
            split_type=request["TransformInput"].get("SplitType", "None"),
            assemble_with=request["TransformOutput"].get("AssembleWith", "None"),
            headers={name: value for name, value in headers.items() if value},
        )

    def describe(self) -> str:
        """Write the first line of the job's data log."""
        return (
            f"MaxConcurrentTransforms={self.max_concurrent}, MaxPayloadInMB={self.max_payload_mb}, "
            f"BatchStrategy={CONTAINER_STRATEGIES[self.batch_strategy]}"
        )


def container_environment_of(request: Mapping[str, Any]) -> dict[str, str]:
    """Return the batch container's environment variables, in addition to the model's own."""
    environment = dict(request.get("Environment", {})) | {"SAGEMAKER_BATCH": "true"}
    if "MaxPayloadInMB" in request:
        environment["SAGEMAKER_MAX_PAYLOAD_IN_MB"] = str(request["MaxPayloadInMB"])
    if "BatchStrategy" in request:
        environment["SAGEMAKER_BATCH_STRATEGY"] = CONTAINER_STRATEGIES[request["BatchStrategy"]]
    if "MaxConcurrentTransforms" in request:
        environment["SAGEMAKER_MAX_CONCURRENT_TRANSFORMS"] = str(request["MaxConcurrentTransforms"])
    return environment
