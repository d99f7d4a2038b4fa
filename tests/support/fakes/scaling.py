# ruff: noqa: N803
"""Application Auto Scaling in memory: what is set, not what it then does."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from .client import FakeClient, operation

if TYPE_CHECKING:
    from collections.abc import Sequence

Resource = tuple[str, str]


class FakeScaling(FakeClient):
    """As AWS documents it: a target's parts go with it, and an update keeps what its request leaves out."""

    service = "application-autoscaling"

    def __init__(self) -> None:
        super().__init__()
        self.page_size = 50
        self.targets: dict[Resource, dict[str, Any]] = {}
        self.policies: dict[tuple[Resource, str], dict[str, Any]] = {}
        self.actions: dict[tuple[Resource, str], dict[str, Any]] = {}

    def set(self) -> dict[str, Any]:
        """Return all that is set, by name."""
        targets = {f"{at[0]} {at[1]}": (one["MinCapacity"], one["MaxCapacity"]) for at, one in self.targets.items()}
        return {**targets, **{name: one for (_, name), one in (*self.policies.items(), *self.actions.items())}}

    @operation
    def register_scalable_target(
        self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, **limits: Any
    ) -> dict[str, Any]:
        assert ServiceNamespace == "sagemaker"
        resource = ResourceId, ScalableDimension
        if resource not in self.targets and not {"MinCapacity", "MaxCapacity"} <= limits.keys():
            raise self.error("ValidationException", "MinCapacity and MaxCapacity are needed for a new target")
        self.targets[resource] = {
            "ServiceNamespace": ServiceNamespace,
            "ResourceId": ResourceId,
            "ScalableDimension": ScalableDimension,
            **self.targets.get(resource, {}),
            **limits,
        }
        return {}

    @operation
    def deregister_scalable_target(
        self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str
    ) -> dict[str, Any]:
        resource = self._target(ResourceId, ScalableDimension)
        del self.targets[resource]
        for parts in (self.policies, self.actions):
            for key in [key for key in parts if key[0] == resource]:
                del parts[key]
        return {}

    @operation
    def describe_scalable_targets(
        self, ServiceNamespace: str, ResourceIds: Sequence[str], ScalableDimension: str
    ) -> dict[str, Any]:
        found = [one for at, one in self.targets.items() if at[0] in ResourceIds and at[1] == ScalableDimension]
        return {"ScalableTargets": deepcopy(found)}

    @operation
    def put_scaling_policy(
        self, PolicyName: str, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, **more: Any
    ) -> dict[str, Any]:
        resource = self._target(ResourceId, ScalableDimension)
        self.policies[resource, PolicyName] = more
        return {"PolicyARN": f"arn:policy/{PolicyName}", "Alarms": []}

    @operation
    def describe_scaling_policies(
        self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, NextToken: str = "0"
    ) -> dict[str, Any]:
        names = [name for at, name in self.policies if at == (ResourceId, ScalableDimension)]
        return self._page("ScalingPolicies", "PolicyName", names, NextToken)

    @operation
    def delete_scaling_policy(
        self, PolicyName: str, ServiceNamespace: str, ResourceId: str, ScalableDimension: str
    ) -> dict[str, Any]:
        if self.policies.pop(((ResourceId, ScalableDimension), PolicyName), None) is None:
            raise self.error("ObjectNotFoundException", f"No scaling policy found: {PolicyName}")
        return {}

    @operation
    def put_scheduled_action(
        self, ScheduledActionName: str, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, **more: Any
    ) -> dict[str, Any]:
        key = self._target(ResourceId, ScalableDimension), ScheduledActionName
        self.actions[key] = self.actions.get(key, {}) | more
        return {}

    @operation
    def describe_scheduled_actions(
        self, ServiceNamespace: str, ResourceId: str, ScalableDimension: str, NextToken: str = "0"
    ) -> dict[str, Any]:
        names = [name for at, name in self.actions if at == (ResourceId, ScalableDimension)]
        return self._page("ScheduledActions", "ScheduledActionName", names, NextToken)

    @operation
    def delete_scheduled_action(
        self, ScheduledActionName: str, ServiceNamespace: str, ResourceId: str, ScalableDimension: str
    ) -> dict[str, Any]:
        if self.actions.pop(((ResourceId, ScalableDimension), ScheduledActionName), None) is None:
            raise self.error("ObjectNotFoundException", f"No scheduled action found: {ScheduledActionName}")
        return {}

    def _target(self, resource: str, dimension: str) -> Resource:
        if (resource, dimension) not in self.targets:
            raise self.error("ObjectNotFoundException", f"No scalable target registered for {resource}")
        return resource, dimension

    def _page(self, kind: str, key: str, names: list[str], token: str) -> dict[str, Any]:
        start, end = int(token), int(token) + self.page_size
        more = {"NextToken": str(end)} if end < len(names) else {}
        return {kind: [{key: name} for name in names[start:end]], **more}
