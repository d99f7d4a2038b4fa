# ruff: noqa: N803
"""Endpoints and their configurations of the SageMaker in memory."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from .client import operation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_IN_PROGRESS: Final = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}


class Endpoints:
    """An endpoint that is created or updated says so until a test lets it settle."""

    def __init__(self) -> None:
        super().__init__()
        self.configs: dict[str, dict[str, Any]] = {}
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.scales: Callable[[str], bool] = lambda _: False
        """Whether Application Auto Scaling has a target in this endpoint."""

    def settle(self, name: str, status: str = "InService", *, took: bool = True, reason: str = "") -> None:
        """End what an endpoint is at: it runs the new configuration, or, if that did not take, the one before."""
        endpoint = self.endpoints[name]
        pending = endpoint.pop("PendingDeploymentSummary", {})
        machines = endpoint.pop("_machines", {})
        endpoint |= {"EndpointStatus": status, "LastModifiedTime": self.now()}
        if took and pending:
            endpoint["EndpointConfigName"] = pending["EndpointConfigName"]
            endpoint["ProductionVariants"] = self._variants(pending["EndpointConfigName"], machines)
        endpoint.pop("FailureReason", None)
        if reason:
            endpoint["FailureReason"] = reason

    def scale(self, name: str, machines: int) -> None:
        """Let somebody change how many machines an endpoint has."""
        for variant in self.endpoints[name]["ProductionVariants"]:
            variant |= {"DesiredInstanceCount": machines, "CurrentInstanceCount": machines}

    def serve(self, name: str, config: str) -> None:
        """Create an endpoint that serves."""
        self.create_endpoint(EndpointName=name, EndpointConfigName=config)
        self.settle(name)

    @operation
    def create_endpoint_config(
        self,
        EndpointConfigName: str,
        ProductionVariants: list[dict[str, Any]],
        Tags: Sequence[dict[str, str]] = (),
        **more: Any,
    ) -> dict[str, Any]:
        arn = self.arn("endpoint-config", EndpointConfigName)
        if EndpointConfigName in self.configs:
            raise self.invalid(f'Cannot create already existing endpoint configuration "{arn}".')
        for variant in ProductionVariants:
            self.model(variant["ModelName"])
        self.configs[EndpointConfigName] = {
            "EndpointConfigName": EndpointConfigName,
            "EndpointConfigArn": arn,
            "ProductionVariants": ProductionVariants,
            "CreationTime": self.now(),
            **more,
        }
        return {"EndpointConfigArn": self.tag(arn, Tags)}

    @operation
    def describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:
        return deepcopy(self._config(EndpointConfigName))

    @operation
    def delete_endpoint_config(self, EndpointConfigName: str) -> None:
        del self.configs[self._config(EndpointConfigName)["EndpointConfigName"]]

    @operation
    def list_endpoint_configs(self, NameContains: str = "", NextToken: str | None = None, **_: Any) -> dict[str, Any]:
        found = [
            {key: config[key] for key in ("EndpointConfigName", "EndpointConfigArn", "CreationTime")}
            for config in reversed(self.configs.values())
            if NameContains in config["EndpointConfigName"]
        ]
        return self.page(found, "EndpointConfigs", NextToken)

    @operation
    def create_endpoint(
        self, EndpointName: str, EndpointConfigName: str, Tags: Sequence[dict[str, str]] = (), **_: Any
    ) -> dict[str, Any]:
        arn = self.arn("endpoint", EndpointName)
        if EndpointName in self.endpoints:
            raise self.invalid(f'Cannot create already existing endpoint "{arn}".')
        queue = self._config(EndpointConfigName).get("AsyncInferenceConfig")
        self.endpoints[EndpointName] = {
            "EndpointName": EndpointName,
            "EndpointArn": arn,
            "EndpointConfigName": EndpointConfigName,
            "ProductionVariants": [],
            "PendingDeploymentSummary": {"EndpointConfigName": EndpointConfigName},
            "EndpointStatus": "Creating",
            "CreationTime": self.now(),
            "LastModifiedTime": self.now(),
            **({"AsyncInferenceConfig": queue} if queue else {}),
        }
        return {"EndpointArn": self.tag(arn, Tags)}

    @operation
    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:
        endpoint = deepcopy(self._endpoint(EndpointName))
        return {key: value for key, value in endpoint.items() if not key.startswith("_")}

    @operation
    def update_endpoint(
        self,
        EndpointName: str,
        EndpointConfigName: str,
        RetainAllVariantProperties: bool = False,
        ExcludeRetainedVariantProperties: Sequence[dict[str, str]] = (),
        **_: Any,
    ) -> dict[str, Any]:
        endpoint = self._settled(EndpointName)
        if endpoint["EndpointStatus"] == "Failed":
            raise self.invalid(f'Cannot update failed endpoint "{endpoint["EndpointArn"]}".')
        self._config(endpoint["EndpointConfigName"])
        types = [
            [variant.get("InstanceType") for variant in self._config(name)["ProductionVariants"]]
            for name in (endpoint["EndpointConfigName"], EndpointConfigName)
        ]
        if self.scales(EndpointName) and types[0] != types[1]:
            raise self.invalid("The variant is registered with Application Auto Scaling. Deregister it first.")
        excluded = {entry["VariantPropertyType"] for entry in ExcludeRetainedVariantProperties}
        endpoint["_machines"] = {
            variant["VariantName"]: variant["DesiredInstanceCount"]
            for variant in endpoint["ProductionVariants"]
            if RetainAllVariantProperties and "DesiredInstanceCount" not in excluded
        }
        endpoint |= {
            "EndpointStatus": "Updating",
            "PendingDeploymentSummary": {"EndpointConfigName": EndpointConfigName, "StartTime": self.now()},
        }
        endpoint.pop("FailureReason", None)
        return {"EndpointArn": endpoint["EndpointArn"]}

    @operation
    def delete_endpoint(self, EndpointName: str) -> None:
        del self.endpoints[self._settled(EndpointName)["EndpointName"]]

    def _settled(self, name: str) -> dict[str, Any]:
        endpoint = self._endpoint(name)
        if endpoint["EndpointStatus"] in _IN_PROGRESS:
            raise self.invalid(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
        return endpoint

    def _endpoint(self, name: str) -> dict[str, Any]:
        if name not in self.endpoints:
            raise self.invalid(f'Could not find endpoint "{self.arn("endpoint", name)}".')
        return self.endpoints[name]

    def _config(self, name: str) -> dict[str, Any]:
        if name not in self.configs:
            raise self.invalid(f'Could not find endpoint configuration "{self.arn("endpoint-config", name)}".')
        return self.configs[name]

    def _variants(self, config: str, machines: dict[str, int]) -> list[dict[str, Any]]:
        counted = [
            (variant["VariantName"], machines.get(variant["VariantName"], variant["InitialInstanceCount"]))
            for variant in self._config(config)["ProductionVariants"]
        ]
        return [
            {
                "VariantName": name,
                "CurrentWeight": 1.0,
                "DesiredWeight": 1.0,
                "CurrentInstanceCount": count,
                "DesiredInstanceCount": count,
            }
            for name, count in counted
        ]
