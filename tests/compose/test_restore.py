"""The restore drill on the compose stack: back up, lose PostgreSQL's volume, restore, and everything is there."""

from __future__ import annotations

import subprocess

import pytest

from local.demo.images.upload import BUCKET
from local.stack.bootstrap import client
from tests.compose.stack import docker, environment
from tests.support import compose


def known(stack) -> dict[str, tuple[str, str]]:
    """Return each human loop's status and where its output lies, as the API tells them."""
    place = stack.place()
    sagemaker = client("sagemaker", place.settings.review_url, place.secrets)
    a2i = client("sagemaker-a2i-runtime", place.settings.review_url, place.secrets)
    found = {}
    for page in sagemaker.get_paginator("list_flow_definitions").paginate():
        for flow in page["FlowDefinitionSummaries"]:
            pages = a2i.get_paginator("list_human_loops").paginate(FlowDefinitionArn=flow["FlowDefinitionArn"])
            for row in (row for page in pages for row in page["HumanLoopSummaries"]):
                told = a2i.describe_human_loop(HumanLoopName=row["HumanLoopName"])
                found[row["HumanLoopName"]] = (
                    told["HumanLoopStatus"],
                    told.get("HumanLoopOutput", {}).get("OutputS3Uri", ""),
                )
    return found


def outputs(stack) -> dict[str, str]:
    place = stack.place()
    s3 = client("s3", place.settings.aws_url, place.secrets)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    entries = [entry for page in pages for entry in page.get("Contents", [])]
    return {entry["Key"]: entry["ETag"] for entry in entries if entry["Key"].endswith("/output.json")}


@pytest.mark.timeout(1200)
def test_a_lost_database_comes_back_whole(stack):
    before, answers = known(stack), outputs(stack)
    assert len(answers) > 20, "the night before has answers"
    assert {status for status, _ in before.values()} >= {"Completed", "InProgress"}
    backup = subprocess.run(
        stack.words("exec", "-T", "review", "python", "-m", "services.review", "backup", "-"),
        cwd=compose.ROOT,
        env=environment(),
        capture_output=True,
        check=True,
    ).stdout

    stack.run("down", "--timeout", "20")
    docker("volume", "rm", "nightloop-test_postgres")
    stack.run("up", "--detach", "--wait", "--wait-timeout", "600", "postgres", "review", "aws", "proxy")
    assert known(stack) == {}
    stack.run("stop", "review")
    restored = subprocess.run(
        stack.words("run", "--rm", "-T", "review", "python", "-m", "services.review", "restore", "-"),
        cwd=compose.ROOT,
        env=environment(),
        input=backup,
        capture_output=True,
        check=False,
    )
    assert restored.returncode == 0, restored.stderr.decode()[-3000:]
    stack.run("up", "--detach", "--wait", "--wait-timeout", "300", "review")
    assert known(stack) == before
    assert outputs(stack) == answers, "nothing a reviewer did was written anew"
