"""Queues that are there at each start."""

from __future__ import annotations

import subprocess
import sys

from tests.integration.aws_server.conftest import ROOT


def test_named_queues_are_there_again_after_a_restart(server, monkeypatch):
    monkeypatch.setenv("NIGHTLOOP_AWS_QUEUES", "human-loop-events, other_queue")
    server.restart()
    for _ in range(2):
        sqs = server.client("sqs")
        url = sqs.get_queue_url(QueueName="human-loop-events")["QueueUrl"]
        assert url == f"{server.url}/123456789012/human-loop-events"
        sqs.send_message(QueueUrl=url, MessageBody="one")
        assert len(sqs.list_queues()["QueueUrls"]) == 2
        server.restart()


def test_a_name_that_sqs_would_refuse_is_named(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "services.aws"],
        cwd=ROOT,
        env={"NIGHTLOOP_AWS_STATE": str(tmp_path), "NIGHTLOOP_AWS_QUEUES": "good,no/good"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "NIGHTLOOP_AWS_QUEUES" in done.stderr
    assert "'no/good'" in done.stderr
