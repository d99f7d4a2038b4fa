"""The CloudWatch alarms of a loop: those of one promotion, and no others."""

from __future__ import annotations

from typing import Any

from nightloop.aws.clients.error_translation import translated
from nightloop.aws.hooks.base import LoopHook
from nightloop.domain.identity import naming


class AlarmHook(LoopHook):
    """Makes and deletes the alarms that watch a promotion (`cloudwatch`).

    :param aws_conn_id: The Airflow connection of the CloudWatch that SageMaker publishes its metrics to.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", **kwargs: Any) -> None:
        kwargs["client_type"] = "cloudwatch"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)

    @translated
    def replace(self, loop: str, requests: list[dict[str, Any]]) -> list[str]:
        """Make these alarms and delete the loop's others; return the names of the new ones."""
        names = [request["AlarmName"] for request in requests]
        existing = self.names(loop)
        for request in requests:
            # PutMetricAlarm refuses tags for an alarm that exists.
            known = request["AlarmName"] in existing
            self.client.put_metric_alarm(**{k: v for k, v in request.items() if not (known and k == "Tags")})
        self._delete([name for name in existing if name not in names])
        return names

    @translated
    def put(self, request: dict[str, Any]) -> None:
        """Make an alarm, or change it."""
        self.client.put_metric_alarm(**request)

    @translated
    def delete(self, name: str) -> None:
        """Delete an alarm, if there is one of this name."""
        if self.client.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
            self._delete([name])

    @translated
    def names(self, loop: str) -> list[str]:
        """List the loop's alarms."""
        pages = self.client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=naming.alarm_prefix(loop))
        found = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
        return [name for name in found if naming.is_alarm_of(loop, name)]

    @translated
    def on(self, names: list[str]) -> list[str]:
        """Return those of these alarms that are in state ALARM."""
        if not names:
            return []
        alarms = self.client.describe_alarms(AlarmNames=names)["MetricAlarms"]
        return [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]

    @translated
    def delete_all(self, loop: str) -> int:
        """Delete the loop's alarms; return how many there were."""
        names = self.names(loop)
        self._delete(names)
        return len(names)

    def _delete(self, names: list[str]) -> None:
        for start in range(0, len(names), 100):
            self.client.delete_alarms(AlarmNames=names[start : start + 100])
