"""How a new model takes an endpoint over, as UpdateEndpoint and PutMetricAlarm take it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nightloop.aws.clients.tags import tag_list
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nightloop.config import Alarm, LoopConfig


@dataclass(frozen=True, kw_only=True)
class PromotionSettings:
    """How an endpoint is updated.

    :param canary_share: The share of the machines that takes traffic first.
    :param canary_seconds: How long the canary is watched.
    :param bake_seconds: How long the new model is watched with all traffic before the old one's machines end.
    :param max_seconds: The longest the update may take.
    :param alarms: The alarms that put the old model back.
    """

    canary_share: float = 0.5
    canary_seconds: int = 300
    bake_seconds: int = 300
    max_seconds: int = 14_400
    alarms: tuple[Alarm, ...] = ()

    @classmethod
    def of(cls, config: LoopConfig) -> PromotionSettings:
        """Take the settings from a loop's file."""
        names = ("canary_share", "canary_seconds", "bake_seconds", "max_seconds", "alarms")
        return cls(**{name: getattr(config.promotion, name) for name in names})

    def deployment(self, instance_count: int, alarms: list[str]) -> dict[str, Any]:
        """Return UpdateEndpoint's DeploymentConfig; a canary needs at least two machines.

        :param alarms: The names of the alarms.
        """
        routing: dict[str, Any] = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        if instance_count > 1:
            machines = min(instance_count // 2, max(1, round(self.canary_share * instance_count)))
            size = {"Type": "INSTANCE_COUNT", "Value": machines}
            routing = {"Type": "CANARY", "WaitIntervalInSeconds": self.canary_seconds, "CanarySize": size}
        policy = {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": self.bake_seconds,
            "MaximumExecutionTimeoutInSeconds": self.max_seconds,
        }
        deployment: dict[str, Any] = {"BlueGreenUpdatePolicy": policy}
        if alarms:
            deployment["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": name} for name in alarms]}
        return deployment

    def alarm_requests(
        self, loop: str, endpoint: str, variant: str, config: str, tags: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """Return PutMetricAlarm's requests: alarms on the machines of one endpoint configuration only."""
        place = {"EndpointName": endpoint, "VariantName": variant, "EndpointConfigName": config}
        dimensions = [{"Name": name, "Value": value} for name, value in place.items()]
        return [_request(loop, config, alarm, dimensions, tags) for alarm in self.alarms]


def _request(
    loop: str, config: str, alarm: Alarm, dimensions: list[dict[str, str]], tags: Mapping[str, str]
) -> dict[str, Any]:
    kind = "ExtendedStatistic" if alarm.statistic.startswith("p") else "Statistic"
    return {
        "AlarmName": naming.alarm_name(loop, config, **asdict(alarm)),
        "AlarmDescription": f"Puts the old model back while {config} takes over.",
        "Namespace": "AWS/SageMaker",
        "MetricName": alarm.metric,
        "Dimensions": dimensions,
        kind: alarm.statistic,
        "Period": alarm.period_seconds,
        "EvaluationPeriods": alarm.periods,
        "Threshold": alarm.threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "Tags": tag_list(tags, endpoint_config=config),
    }
