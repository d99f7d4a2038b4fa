"""The command line: copy flow definitions, with their templates and teams, from Amazon A2I to a review service."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.review.config.settings import Settings
from services.review.errors import ReviewError
from services.review.migrate_from_a2i.copy import Copy
from services.review.migrate_from_a2i.source import Source
from services.review.render.job import Job
from services.review.render.pool.renderers import Renderers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from services.review.render.findings.report import Finding


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy; the exit status is 1 if something could not be copied, and 2 if the copy could not start."""
    options = _parser().parse_args(arguments)
    try:
        copy, renderers = _copy(options)
        try:
            names = options.flow or copy.source.flow_names()
            for line in copy.flows(names):
                print(line)
        finally:
            renderers.close()
    except ReviewError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if not names:
        print("there is no flow definition to copy")
    return 0 if copy.complete else 1


def _copy(options: argparse.Namespace) -> tuple[Copy, Renderers]:
    settings = Settings.from_environment(os.environ)
    key_id, secret = next(iter(settings.keys().items()))
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    source = session.client("sagemaker", endpoint_url=options.source_endpoint_url)
    target = boto3.client(
        "sagemaker",
        region_name=settings.region,
        endpoint_url=options.to or settings.public_url,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
    )
    renderers, allowances = Renderers(1), settings.allowances()

    def check(content: str, name: str) -> Iterable[Finding]:
        job = Job(content, public_url=settings.public_url, allowance=allowances.for_template(name))
        return renderers.run(job, lambda location: location.uri, caller="moving", most_waiting=1).findings

    source_, output = Source(source, options.templates), options.output
    return Copy(source_, target, output=output, dry_run=options.dry_run, check=check), renderers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.review.migrate_from_a2i",
        description="Copy flow definitions, with their templates and work teams, from Amazon A2I to a review service. "
        "The service and its access key come from its own settings (NIGHTLOOP_REVIEW_*), the AWS account from boto3's.",
    )
    parser.add_argument("--region", help="AWS region to copy from; boto3's own choice if not given")
    parser.add_argument("--profile", help="AWS profile to copy with")
    parser.add_argument("--source-endpoint-url", help="copy from another endpoint than AWS's, such as a review service")
    parser.add_argument("--to", help="the service's address; NIGHTLOOP_REVIEW_PUBLIC_URL if not given")
    parser.add_argument("--flow", action="append", help="a flow definition to copy; repeat for more; all if not given")
    parser.add_argument("--templates", type=Path, help="folder with the texts of templates without an address in A2I")
    parser.add_argument("--output", default="", help="S3OutputPath of the copies; that of the original if not given")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="read and check everything, print what would be created and what will not work, and create nothing",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
