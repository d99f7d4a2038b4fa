"""One rendering job: its request and its result. It runs where `pool/` lets it run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.review.formats.task_input import input_digest, read_input
from services.review.render.findings import report as reports
from services.review.render.frame.allowance import NOTHING, Allowance
from services.review.render.frame.document import frame_page, frame_policy
from services.review.render.liquid.environment import check_syntax, render
from services.review.render.markup.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from services.review.formats.s3_locations import S3Location
    from services.review.render.findings.report import Finding


@dataclass(frozen=True)
class Job:
    """A template and what to do with it.

    A job that asks for the `digest` of its input needs no template. Without an input the template is only parsed and
    checked. `s3` are the endpoints whose addresses are places in S3.
    """

    template: str
    input_content: str | None = None
    public_url: str = ""
    language: str = "en"
    s3: tuple[str, ...] = ()
    allowance: Allowance = NOTHING
    page: bool = False
    findings: bool = False
    labels: bool = False
    digest: bool = False


@dataclass(frozen=True)
class Done:
    """The result of a job: the requested ones of `page`, `findings` and `labels`, and the granted addresses."""

    granted: tuple[str, ...] = ()
    page: str = ""
    policy: str = ""
    findings: tuple[Finding, ...] = ()
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    digest: str = ""


def run(job: Job, grant: Callable[[S3Location], str]) -> Done:
    """Do a job; raises TemplateFailed, and InvalidInput if the input is not a JSON object."""
    if job.input_content is None:
        check_syntax(job.template)
        return Done(
            findings=tuple(
                reports.report(job.template, allowance=job.allowance, public_url=job.public_url, liquid=True)
            )
        )
    if job.digest:
        return Done(digest=input_digest(job.input_content))
    rendered = render(job.template, read_input(job.input_content), grant, job.s3)
    findings: tuple[Finding, ...] = ()
    if job.findings:
        findings = tuple(
            reports.report(
                rendered.html,
                rendered.granted,
                rendered.ungranted,
                job.allowance,
                public_url=job.public_url,
                s3=job.s3,
            )
        )
    return Done(
        granted=rendered.granted,
        page=frame_page(rendered.html, job.public_url, job.language) if job.page else "",
        policy=frame_policy(job.public_url, rendered.granted, job.allowance) if job.page else "",
        findings=findings,
        labels=labels_of(rendered.html) if job.labels else {},
    )
