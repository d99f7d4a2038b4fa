"""Creates in this service what A2I has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from botocore.exceptions import ClientError

from services.review.errors import ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mypy_boto3_sagemaker import SageMakerClient

    from services.review.migrate_from_a2i.source import Source
    from services.review.render.findings.report import Finding

MADE, THERE, WOULD, NOT, WARNED = "made", "was there", "would be made", "NOT COPIED", "will not work"
_KEPT = ("TaskCount", "TaskTitle", "TaskDescription", "TaskKeywords")
_KEPT_SECONDS = ("TaskTimeLimitInSeconds", "TaskAvailabilityLifetimeInSeconds")


def nothing_found(content: str, name: str) -> Iterable[Finding]:  # noqa: ARG001 - as every check
    """Check nothing."""
    return ()


@dataclass(frozen=True)
class Line:
    """What happened to one resource."""

    kind: str
    name: str
    outcome: str
    reason: str = ""

    def __str__(self) -> str:
        """Write the line as the command prints it."""
        return f"{self.kind:<15} {self.name:<40} {self.outcome}{f': {self.reason}' if self.reason else ''}"


@dataclass
class Copy:
    """Copies flow definitions with the template and the team that each needs.

    A resource that already exists under its name stays as it is, so an interrupted copy can start again.
    """

    source: Source
    target: SageMakerClient
    output: str = ""
    check: Callable[[str, str], Iterable[Finding]] = nothing_found
    dry_run: bool = False
    lines: list[Line] = field(default_factory=list)
    _arns: dict[tuple[str, str], str] = field(default_factory=dict)

    def flows(self, names: Iterable[str]) -> list[Line]:
        """Copy these flow definitions; one that cannot be copied does not stop the others."""
        for name in names:
            try:
                self._flow(name)
            except (ReviewError, ClientError, httpx.HTTPError, UnicodeDecodeError) as error:
                self.lines.append(Line("flow definition", name, NOT, str(error)))
        return self.lines

    @property
    def complete(self) -> bool:
        """Whether everything is there now."""
        return not any(line.outcome == NOT for line in self.lines)

    def _flow(self, name: str) -> None:
        flow = self.source.flow(name)
        config = flow["HumanLoopConfig"]
        kept = {key: config[key] for key in (*_KEPT, *_KEPT_SECONDS) if key in config}
        kept["WorkteamArn"] = self._team(_last(config["WorkteamArn"]))
        kept["HumanTaskUiArn"] = self._template(_last(config["HumanTaskUiArn"]))
        output = {key: value for key, value in flow["OutputConfig"].items() if value}
        if self.output:
            output["S3OutputPath"] = self.output
        request = {"RoleArn": flow["RoleArn"], "HumanLoopConfig": kept, "OutputConfig": output}
        self._make(
            "flow definition",
            name,
            lambda: self.target.describe_flow_definition(FlowDefinitionName=name)["FlowDefinitionArn"],
            lambda: self.target.create_flow_definition(FlowDefinitionName=name, **request)["FlowDefinitionArn"],
        )

    def _team(self, name: str) -> str:
        def create() -> str:
            team = self.source.team(name)
            members: Any = [{"OidcMemberDefinition": {"Groups": list(team.groups)}}]
            return self.target.create_workteam(
                WorkteamName=name, Description=team.description, MemberDefinitions=members
            )["WorkteamArn"]

        return self._make(
            "work team",
            name,
            lambda: self.target.describe_workteam(WorkteamName=name)["Workteam"]["WorkteamArn"],
            create,
        )

    def _template(self, name: str) -> str:
        def create() -> str:
            content = self._checked_template(name)
            created = self.target.create_human_task_ui(HumanTaskUiName=name, UiTemplate={"Content": content})
            return created["HumanTaskUiArn"]

        return self._make(
            "template",
            name,
            lambda: self.target.describe_human_task_ui(HumanTaskUiName=name)["HumanTaskUiArn"],
            create,
            lambda: self._checked_template(name),
        )

    def _checked_template(self, name: str) -> str:
        """Read a template and report what in it will not work here; raises CannotBeCopied if its text cannot be read.

        :raises TemplateFailed: if it is not Liquid.
        """
        content = self.source.template(name).content
        for finding in self.check(content, name):
            self.lines.append(Line("template", name, WARNED, finding.message))
        return content

    def _make(
        self,
        kind: str,
        name: str,
        find: Callable[[], str],
        create: Callable[[], str],
        look: Callable[[], object] = lambda: None,
    ) -> str:
        """Return the ARN of a resource and create it if it is missing; a dry run only says what it would create."""
        if (kind, name) in self._arns:
            return self._arns[kind, name]
        arn = _found(find)
        outcome = THERE
        if arn is None and self.dry_run:
            look()
            arn, outcome = "", WOULD
        elif arn is None:
            arn, outcome = create(), MADE
        self._arns[kind, name] = arn
        self.lines.append(Line(kind, name, outcome))
        return arn


def _found(find: Callable[[], str]) -> str | None:
    try:
        return find()
    except ClientError as error:
        # A work team that does not exist is a ValidationException, everything else a ResourceNotFound.
        if error.response["Error"]["Code"] in {"ResourceNotFound", "ValidationException"}:
            return None
        raise


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
