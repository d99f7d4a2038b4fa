"""Application Auto Scaling: the machines of one loop's endpoint, and of no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from nightloop.aws.clients.error_translation import translated
from nightloop.aws.hooks.base import LoopHook
from nightloop.aws.hooks.cloudwatch import AlarmHook
from nightloop.domain.identity import naming

_DIMENSION: Final = "sagemaker:variant:DesiredInstanceCount"
_PARTS: Final = (
    ("describe_scaling_policies", "ScalingPolicies", "PolicyName", "delete_scaling_policy"),
    ("describe_scheduled_actions", "ScheduledActions", "ScheduledActionName", "delete_scheduled_action"),
)


def scalable_variant(endpoint_name: str, variant: str) -> dict[str, str]:
    """Return what names an endpoint's machines in every request of Application Auto Scaling."""
    resource = f"endpoint/{endpoint_name}/variant/{variant}"
    return {"ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": _DIMENSION}


@dataclass(frozen=True, kw_only=True)
class ScalingRequests:
    """All that scales one endpoint.

    :param resource: What names its machines, from `scalable_variant`.
    :param limits: RegisterScalableTarget's `MinCapacity` and `MaxCapacity`.
    :param policies: PutScalingPolicy's requests, without what names the machines.
    :param actions: PutScheduledAction's requests, likewise.
    :param alarm: PutMetricAlarm's request of what sets off the last policy; None: it needs none.
    """

    resource: dict[str, str]
    limits: dict[str, int]
    policies: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    alarm: dict[str, Any] | None

    @property
    def names(self) -> set[str]:
        """The names of all policies and scheduled actions."""
        policies = {request["PolicyName"] for request in self.policies}
        return policies | {request["ScheduledActionName"] for request in self.actions}


class ScalingHook(LoopHook):
    """Sets and removes how an endpoint's machines come and go (`application-autoscaling`).

    :param aws_conn_id: The Airflow connection of Application Auto Scaling and of CloudWatch.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", **kwargs: Any) -> None:
        kwargs["client_type"] = "application-autoscaling"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)
        self._alarms = AlarmHook(aws_conn_id, **{key: kwargs[key] for key in kwargs if key != "client_type"})

    @translated
    def apply(self, loop: str, requests: ScalingRequests) -> None:
        """Set all that scales a loop's endpoint, even if some of it was set before; asking again makes nothing twice.

        Registering a target that exists also brings the machines back between its limits: those that a change of the
        endpoint kept from being added or ended.
        """
        resource = requests.resource
        self.client.register_scalable_target(**resource, **requests.limits)
        arns = [self.client.put_scaling_policy(**resource, **policy)["PolicyARN"] for policy in requests.policies]
        for action in requests.actions:
            self.client.put_scheduled_action(**resource, **action)
        if requests.alarm is not None:
            self._alarms.put({**requests.alarm, "AlarmActions": arns[-1:]})
        self._remove_parts(loop, resource, requests.names)

    @translated
    def release(self, loop: str, endpoint_name: str, variant: str) -> bool:
        """Let the machines be as many as there are; return False if nothing scaled them."""
        resource = scalable_variant(endpoint_name, variant)
        self._remove_parts(loop, resource, set())
        return self._is_registered(resource) and self.remove("deregister_scalable_target", **resource)

    @translated
    def is_ours(self, loop: str, endpoint_name: str, variant: str) -> bool:
        """Say whether this loop's DAGs set the scaling of an endpoint, and not a person."""
        resource = scalable_variant(endpoint_name, variant)
        describe, kind, name, _ = _PARTS[0]
        return bool(self._names(describe, kind, name, loop, resource))

    def _is_registered(self, resource: dict[str, str]) -> bool:
        found = self.client.describe_scalable_targets(
            ServiceNamespace=resource["ServiceNamespace"],
            ResourceIds=[resource["ResourceId"]],
            ScalableDimension=resource["ScalableDimension"],
        )["ScalableTargets"]
        return bool(found)

    def _names(self, operation: str, kind: str, key: str, loop: str, resource: dict[str, str]) -> list[str]:
        ours = {*naming.scaling_policy_names(loop), *naming.scheduled_action_names(loop)}
        pages = self.client.get_paginator(operation).paginate(**resource)
        return [entry[key] for page in pages for entry in page[kind] if entry[key] in ours]

    def _remove_parts(self, loop: str, resource: dict[str, str], wanted: set[str]) -> None:
        """Delete the loop's policies, scheduled actions and alarm that are not wanted; another's stay."""
        for describe, kind, name, delete in _PARTS:
            for found in self._names(describe, kind, name, loop, resource):
                if found not in wanted:
                    self.remove(delete, **resource, **{name: found})
        if naming.scaling_policy_names(loop)[1] not in wanted:
            self._alarms.delete(naming.wake_alarm_name(loop))
