import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.sagemaker.aws.s3 import AwsClient

logger = logging.getLogger(__name__)

Document = dict[str, Any]
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
PERIOD = timedelta(seconds=60)


def variant_of(resource: str) -> tuple[str, str] | None:
    """Return endpoint and variant of a resource id `endpoint/NAME/variant/NAME`; None for another kind."""
    parts = resource.split("/")
    return (parts[1], parts[3]) if len(parts) == 4 and (parts[0], parts[2]) == ("endpoint", "variant") else None


class ScalingClient:
    """What is set in Application Auto Scaling, and the metrics and alarms it follows."""

    def __init__(self, scaling: AwsClient, cloudwatch: AwsClient) -> None:
        self._scaling, self._cloudwatch = scaling, cloudwatch

    def targets(self) -> list[Document]:
        """List the scalable targets of endpoint variants."""
        pages = self._scaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="sagemaker")
        found = [target for page in pages for target in page["ScalableTargets"]]
        return [target for target in found if target["ScalableDimension"] == DIMENSION]

    def policies(self, target: Document) -> list[Document]:
        """List the scaling policies of a target."""
        pages = self._scaling.get_paginator("describe_scaling_policies").paginate(**_named(target))
        return [policy for page in pages for policy in page["ScalingPolicies"]]

    def actions(self, target: Document) -> list[Document]:
        """List the scheduled actions of a target."""
        pages = self._scaling.get_paginator("describe_scheduled_actions").paginate(**_named(target))
        return [action for page in pages for action in page["ScheduledActions"]]

    def limit(self, target: Document, limits: Mapping[str, int]) -> None:
        """Set a target's limits, as a scheduled action does."""
        self._scaling.register_scalable_target(**_named(target), **limits)

    def drop(self, target: Document) -> None:
        """Deregister a target with its policies and scheduled actions."""
        named = _named(target)
        for policy in self.policies(target):
            self._scaling.delete_scaling_policy(**named, PolicyName=policy["PolicyName"])
        for action in self.actions(target):
            self._scaling.delete_scheduled_action(**named, ScheduledActionName=action["ScheduledActionName"])
        self._scaling.deregister_scalable_target(**named)

    def value(self, metric: Document, now: datetime) -> float | None:
        """Return a metric's value over the last minute; None if it has none."""
        (statistic,) = metric["Statistics"]
        points = self._cloudwatch.get_metric_statistics(
            **metric, StartTime=now - PERIOD, EndTime=now + PERIOD / 60, Period=120
        )["Datapoints"]
        return float(points[-1][statistic]) if points else None

    def sets_off(self, policy: Document) -> bool:
        """Say whether an alarm that is on asks for a policy."""
        alarms = self._cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
        return any(policy["PolicyARN"] in alarm.get("AlarmActions", []) for alarm in alarms)


def _named(target: Document) -> Document:
    return {key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
