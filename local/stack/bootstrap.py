"""Creates what a loop needs: bucket, role, queue, work team, one reviewer. Each may already exist."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.config.settings import ACCESS_KEY, ADMINISTRATOR, BUCKET, EVENT_QUEUE, REGION, REVIEWER, ROLE, ROOT, WORKTEAM
from local.errors import CommandFailedError
from local.stack.environment import review_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.config.place import Addresses, Passwords
    from local.config.settings import Settings
    from local.stack.secrets import Secrets

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def client(service: str, url: str, secrets: Passwords) -> Any:  # noqa: ANN401 - a client's type depends on the service's name
    """Return a boto3 client of one of the stack's endpoints."""
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=secrets.aws_secret_key,
        config=Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=16),
    )


def bootstrap_aws(settings: Addresses, secrets: Passwords) -> None:
    """Make the bucket, the role SageMaker works under, and the queue of the events of human loops."""
    s3 = client("s3", settings.aws_url, secrets)
    _unless_there(lambda: s3.create_bucket(Bucket=BUCKET), "BucketAlreadyOwnedByYou", "BucketAlreadyExists")
    iam = client("iam", settings.aws_url, secrets)
    document = json.dumps(TRUST)
    _unless_there(lambda: iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document), "EntityAlreadyExists")
    client("sqs", settings.aws_url, secrets).create_queue(QueueName=EVENT_QUEUE)


def bootstrap_review(settings: Addresses, secrets: Passwords, run: Callable[..., None]) -> None:
    """Make the work team, a reviewer who belongs to it, and an administrator of the portal.

    Existing accounts stay as they are: nobody is signed out.

    :param run: Runs one of the review service's commands, given its words.
    """
    sagemaker = client("sagemaker", settings.review_url, secrets)
    teams = sagemaker.list_workteams(NameContains=WORKTEAM)["Workteams"]
    if WORKTEAM not in [team["WorkteamName"] for team in teams]:
        sagemaker.create_workteam(
            WorkteamName=WORKTEAM,
            Description="People who draw boxes on this machine's images",
            MemberDefinitions=[{"OidcMemberDefinition": {"Groups": [WORKTEAM]}}],
        )
    reviewer = ["--name", "Demo Reviewer", "--email", REVIEWER, "--group", WORKTEAM]
    _make_account(run, "create-worker", secrets.reviewer_password, *reviewer)
    administrator = ["--name", "Demo Administrator", "--email", ADMINISTRATOR]
    _make_account(run, "create-admin", secrets.administrator_password, *administrator)


def _make_account(run: Callable[..., None], command: str, password: str, *arguments: str) -> None:
    # Only its owner reads a temporary file; a password among a command's words, everybody.
    with tempfile.NamedTemporaryFile("w", prefix="nightloop-") as file:
        file.write(password)
        file.flush()
        run(command, *arguments, "--password-file", file.name)


def run_review_command(settings: Settings, secrets: Secrets, *arguments: str) -> None:
    """Run one of the review service's commands to its end."""
    run_once([sys.executable, "-m", "services.review", *arguments], review_environment(settings, secrets))


def run_once(command: list[str], environment: dict[str, str]) -> None:
    """Run a command to its end; CommandFailedError shows what it printed."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        printed = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise CommandFailedError(f"`{' '.join(command)}` failed with {done.returncode}:\n{printed}")


def _unless_there(make: Callable[[], object], *there: str) -> None:
    try:
        make()
    except ClientError as error:
        if error.response["Error"]["Code"] not in there:
            raise
