"""A stack for all tests of this folder, and loops that live on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import botocore.loaders
import pytest
import yaml

from nightloop.config import LoopConfig, read_loop
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import upload_data
from tests.integration.aws.stack import ROOT, Stack, prepare


@pytest.fixture(scope="session", autouse=True)
def one_loader():
    """Let all clients share botocore's models: a task makes three clients, these tests hundreds."""
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda *_: loader)
        yield


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        for name in ("aws", "sagemaker", "review"):
            stack.start(name)
        prepare(stack)
        yield stack
    finally:
        for name in list(stack.processes):
            stack.stop(name)


@pytest.fixture(autouse=True)
def connections(stack, monkeypatch):
    for name, value in stack.connections().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def s3(stack):
    return stack.client("s3", "aws")


@pytest.fixture(scope="session")
def make_loop(stack, s3, tmp_path_factory):
    """Make a loop with a bucket of its own, seed and holdout uploaded; settings override those of voc.yaml."""
    made = 0

    def make(**settings: Any) -> LoopConfig:
        nonlocal made
        made += 1
        name = f"it{made}"
        loop = yaml.safe_load((ROOT / "include/loops/voc.yaml").read_text())
        bucket = f"bucket-{name}"
        loop |= {"name": name, "bucket": bucket, "images": f"s3://{bucket}/images/{{ds}}/"}
        loop["seed"] = {"manifest": f"s3://{bucket}/seed.manifest", "holdout": f"s3://{bucket}/holdout.manifest"}
        loop["endpoint"]["name"] = f"{name}-live"
        loop["review"] |= {"poll_seconds": 1, "audit_share": 0.0, "answer_within_minutes": 1}
        loop["training"]["minimum_new_lines"] = 1
        loop["promotion"] |= {"canary_seconds": 0, "bake_seconds": 0}
        for section, values in settings.items():
            loop[section] = loop[section] | values if isinstance(values, dict) else values
        folder = tmp_path_factory.mktemp("loops")
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(loop))
        s3.create_bucket(Bucket=bucket)
        upload_data(s3, bucket, loop["classes"])
        return read_loop(folder / f"{name}.yaml")

    return make


@pytest.fixture(scope="module")
def reviewed_loop(make_loop, s3, stack):
    """A loop of one module's own, whose first model serves and whose night of 1 June is reviewed."""
    with stack.connected():
        loop = make_loop()
        Night(loop, "2026-01-01").bootstrap()
        Night(loop, "2026-06-01").write_reviewed(s3)
    return loop


@pytest.fixture(scope="session")
def live_loop(stack, make_loop):
    """A loop whose first model serves and whose flow definition is active: made once, its nights differ by date."""
    with stack.connected():
        loop = make_loop()
        Night(loop, "2026-01-01").bootstrap()
    return loop


@pytest.fixture
def own_loop(make_loop, live_loop):
    """A loop with nights and reviews of its own, on the endpoint of `live_loop`."""
    loop = replace(make_loop(), endpoint=live_loop.endpoint)
    Night(loop, "2026-01-01").create_flow()
    return loop
