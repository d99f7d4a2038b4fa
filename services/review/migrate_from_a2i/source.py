"""Reads what an account has in Amazon A2I, through A2I's API."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from services.review.errors import ReviewError

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_sagemaker import SageMakerClient

READ_SECONDS = 30


class CannotBeCopied(ReviewError):  # noqa: N818 - it says what happened, as all in `errors`
    """A part of a flow definition has no counterpart in this service, or cannot be read."""


@dataclass(frozen=True)
class Template:
    """A worker template with its whole text."""

    name: str
    content: str


@dataclass(frozen=True)
class Team:
    """A private work team; `groups` are the names of its Cognito user groups or OIDC groups."""

    name: str
    description: str
    groups: tuple[str, ...]


class Source:
    """Reads templates, teams and flow definitions out of A2I.

    A2I describes a template by an address of its text and the text's digest. If the address has no text, the text is
    searched in `templates`, as `<name>.html` or `<name>.liquid.html`, and must have that digest.
    """

    def __init__(self, client: SageMakerClient, templates: Path | None = None) -> None:
        self._client = client
        self._templates = templates

    def flow_names(self) -> list[str]:
        """List the flow definitions, oldest first."""
        pages = self._client.get_paginator("list_flow_definitions").paginate(SortOrder="Ascending")
        return [summary["FlowDefinitionName"] for page in pages for summary in page["FlowDefinitionSummaries"]]

    def flow(self, name: str) -> dict[str, Any]:
        """Describe a flow definition; raises CannotBeCopied if an AWS service starts its human loops."""
        described: dict[str, Any] = dict(self._client.describe_flow_definition(FlowDefinitionName=name))
        if described.get("HumanLoopRequestSource"):
            source = described["HumanLoopRequestSource"].get("AwsManagedHumanLoopRequestSource", "an AWS service")
            raise CannotBeCopied(f"{source} starts its human loops, and only Amazon A2I lets it do so")
        team = described["HumanLoopConfig"]["WorkteamArn"]
        if ":workteam/private-crowd/" not in team:
            raise CannotBeCopied(f"its work team {team} is not private")
        return described

    def team(self, name: str) -> Team:
        """Describe a work team."""
        team = self._client.describe_workteam(WorkteamName=name)["Workteam"]
        groups: list[str] = []
        for member in team["MemberDefinitions"]:
            if "CognitoMemberDefinition" in member:
                groups.append(member["CognitoMemberDefinition"]["UserGroup"])
            groups += member.get("OidcMemberDefinition", {}).get("Groups", [])
        return Team(name, team["Description"], tuple(dict.fromkeys(groups)))

    def template(self, name: str) -> Template:
        """Read a template; raises CannotBeCopied if its text cannot be found."""
        described = self._client.describe_human_task_ui(HumanTaskUiName=name)["UiTemplate"]
        digest = described.get("ContentSha256", "")
        if described.get("Url"):
            answer = httpx.get(described["Url"], timeout=READ_SECONDS, follow_redirects=True)
            if answer.status_code == 200 and _is(answer.content, digest):
                return Template(name, answer.text)
        for suffix in (".html", ".liquid.html"):
            file = self._templates / f"{name}{suffix}" if self._templates else None
            if file and file.is_file():
                content = file.read_bytes()
                if not _is(content, digest):
                    raise CannotBeCopied(f"{file} is not the text of the template {name}: its SHA-256 is not {digest}")
                return Template(name, content.decode())
        raise CannotBeCopied(
            f"the text of the template {name} cannot be read; put it into a folder as {name}.html and name the "
            "folder with --templates"
        )


def _is(content: bytes, digest: str) -> bool:
    return not digest or hashlib.sha256(content).hexdigest() == digest
