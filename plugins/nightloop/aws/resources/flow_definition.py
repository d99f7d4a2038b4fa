"""What a loop's flow definition is, and the name that follows from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nightloop.aws.clients.tags import tag_list
from nightloop.aws.storage.layout import LoopFiles
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


@dataclass(frozen=True, kw_only=True)
class FlowSettings:
    """Everything that a flow definition fixes; it cannot be updated, so a change makes a new flow definition.

    :param loop: The loop's name.
    :param task_ui: The name of the worker template.
    :param output: Where answers are written, an S3 URI.
    :param tags: Its tags, which are not part of its name.
    """

    loop: str
    task_ui: str
    output: str
    role_arn: str
    workteam_arn: str
    title: str
    description: str
    keywords: tuple[str, ...] = ()
    task_count: int = 1
    task_time_limit_seconds: int = 3600
    availability_seconds: int = 43_200
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: LoopConfig) -> FlowSettings:
        """Take the settings from a loop's file."""
        review = config.review
        return cls(
            loop=config.name,
            task_ui=naming.task_ui_name(config.name, Path(config.template_path).read_text(encoding="utf-8")),
            output=LoopFiles.of(config).reviews_output,
            role_arn=config.role_arn,
            workteam_arn=review.workteam_arn,
            title=review.title,
            description=review.description,
            keywords=tuple(review.keywords),
            task_count=review.task_count,
            task_time_limit_seconds=review.task_time_limit_seconds,
            availability_seconds=review.availability_seconds,
            tags=config.tags,
        )

    @property
    def name(self) -> str:
        """The flow definition's name."""
        settings = asdict(self) | {"keywords": list(self.keywords)}
        settings.pop("tags")  # tags can be changed without a new flow definition
        return naming.flow_definition_name(settings.pop("loop"), **settings)

    def request(self, task_ui_arn: str) -> dict[str, Any]:
        """Return CreateFlowDefinition's request."""
        review: dict[str, Any] = {
            "WorkteamArn": self.workteam_arn,
            "HumanTaskUiArn": task_ui_arn,
            "TaskTitle": self.title,
            "TaskDescription": self.description,
            "TaskCount": self.task_count,
            "TaskTimeLimitInSeconds": self.task_time_limit_seconds,
            "TaskAvailabilityLifetimeInSeconds": self.availability_seconds,
        }
        if self.keywords:
            review["TaskKeywords"] = list(self.keywords)
        return {
            "FlowDefinitionName": self.name,
            "RoleArn": self.role_arn,
            "HumanLoopConfig": review,
            "OutputConfig": {"S3OutputPath": self.output},
            "Tags": tag_list(self.tags, task_ui=self.task_ui),
        }
