"""What people are told, over a real SMTP server, SNS, SQS and an HTTP server in Slack's place."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from nightloop.aws.errors import ReviewConflictError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.base import async_client
from nightloop.aws.notifications.delivery import Delivery
from nightloop.aws.notifications.notice import Notice, as_html
from nightloop.aws.notifications.owners_notifier import OwnersNotifier
from nightloop.aws.notifications.reviewers import ReviewerNotices
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.config import Channel
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture

ANN = Channel("smtp", "ann@example.com, ben@example.com")


class Inbox:
    """The mails an SMTP server took."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"

    def texts(self):
        return [mail.get_body(("html",)).get_content() for _, mail in self.mails]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def inbox(monkeypatch):
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": "nightloop@example.com", "retry_limit": 1}
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
    yield inbox
    server.stop()


@pytest.fixture
def slack(monkeypatch):
    """Bodies of what was posted to the webhook."""
    posted = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/services"
    connection = {"conn_type": "slackwebhook", "host": address, "password": "T0/B0/secret"}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", json.dumps(connection))
    yield posted
    server.shutdown()


@pytest.fixture
def topic(stack):
    """A topic's ARN, and what reaches a queue that is subscribed to it."""
    sns, sqs = stack.client("sns", "aws"), stack.client("sqs", "aws")
    arn = sns.create_topic(Name="nights")["TopicArn"]
    url = sqs.create_queue(QueueName="nights")["QueueUrl"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:nights")
    sqs.purge_queue(QueueUrl=url)

    def arrived():
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [message["Body"] for message in messages]

    return SimpleNamespace(arn=arn, url=url, arrived=arrived)


def delivery(loop, channels, run="run"):
    return Delivery(ObjectStore(), f"s3://{loop.bucket}/notices/{run}", channels)


NOTICE = Notice("work-waits", "3 images wait", "3 images wait.\nBegin here: http://127.0.0.1:8092/portal?a=1&b=2")


def test_every_channel_brings_it_and_none_brings_it_twice(own_loop, inbox, slack, topic):
    channels = [ANN, Channel("slack"), Channel("sns", topic.arn), Channel("sqs", topic.url)]
    for _ in range(2):
        assert delivery(own_loop, channels).deliver(NOTICE)
    ((recipients, mail),) = inbox.mails
    assert recipients == ["ann@example.com", "ben@example.com"]
    assert (mail["Subject"], mail["From"]) == ("3 images wait", "nightloop@example.com")
    assert '<a href="http://127.0.0.1:8092/portal?a=1&amp;b=2">' in inbox.texts()[0]
    assert [post["text"] for post in slack] == [f"*3 images wait*\n{NOTICE.text}"]
    bodies = topic.arrived()
    published = [json.loads(body) for body in bodies if body.startswith("{")]
    assert [(one["Subject"], one["Message"]) for one in published] == [("3 images wait", NOTICE.text)]
    assert [body for body in bodies if not body.startswith("{")] == [f"3 images wait\n\n{NOTICE.text}"]


def test_a_channel_that_fails_fails_nothing_else_and_is_tried_again(own_loop, inbox, slack, monkeypatch):
    address = os.environ["AIRFLOW_CONN_SLACK_DEFAULT"]
    dead = {"conn_type": "slackwebhook", "host": "http://127.0.0.1:9/services", "password": "T0/B0/secret"}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", json.dumps(dead))
    channels = [Channel("slack"), ANN]
    assert not delivery(own_loop, channels, "failing").deliver(NOTICE)
    assert len(inbox.mails) == 1
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", address)
    assert delivery(own_loop, channels, "failing").deliver(NOTICE)
    assert (len(inbox.mails), len(slack)) == (1, 1)


def test_a_notice_is_never_read_as_a_template_or_as_html(own_loop, inbox):
    text = "{{ 7 * 7 }} {% raw %} <script>alert(1)</script>"
    assert delivery(own_loop, [ANN], "hostile").deliver(Notice("x", "{{ 7 * 7 }}\r\nBcc: eve@example.com", text))
    ((recipients, mail),) = inbox.mails
    assert "eve@example.com" not in recipients
    assert mail["Subject"] == "{{ 7 * 7 }} Bcc: eve@example.com"
    assert "{{ 7 * 7 }} {% raw %} &lt;script&gt;" in inbox.texts()[0]


def test_a_link_ends_where_the_address_does():
    link = '<a href="http://a/b?c=1&amp;d=2">http://a/b?c=1&amp;d=2</a>'
    assert as_html('see http://a/b?c=1&d=2 "x"') == f"<p>see {link} &quot;x&quot;</p>"


@pytest.mark.parametrize("deferrable", [True, False])
def test_reviewers_hear_that_work_waits_and_are_reminded_once(own_loop, s3, stack, inbox, deferrable):
    night = Night(own_loop, "2026-08-01" if deferrable else "2026-08-02")
    for number in range(2):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=120 + number)))
    arn = night.open_all()["flow_definition_arn"]
    notices = ReviewerNotices(
        loop=own_loop.name,
        workteam_arn=own_loop.review.workteam_arn,
        channels=(ANN,),
        remind_before_minutes=(1,),
        timezone="Europe/Berlin",
    )
    opened = ObjectStore().describe(night.files.reviews).modified
    minutes = (datetime.now(UTC) - opened).total_seconds() / 60 + 1.15
    waiting = threading.Thread(
        target=night.wait, args=(arn, minutes), kwargs={"deferrable": deferrable, "notices": notices}
    )
    waiting.start()
    until(lambda: len(inbox.mails) == 2)
    for line in night.lines(night.files.reviews):
        A2IHook().stop_human_loop(line["review_name"])
    waiting.join(30)
    subjects = [mail["Subject"] for _, mail in inbox.mails]
    assert subjects[0].startswith("2 images wait for your review until ")
    assert subjects[1].startswith("Reminder: 2 images wait for your review until ")
    assert "CE" in subjects[0], "told by the reviewers' clock, CET or CEST"
    portal = f'<a href="http://127.0.0.1:{stack.ports["review"]}/portal">'
    assert all(portal in text and f"night of {night.date}" in text for text in inbox.texts())


def until(true):
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_wait_that_begins_again_tells_nobody_again(own_loop, s3, inbox):
    night = Night(own_loop, "2026-08-03")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=130)))
    arn = night.open_all()["flow_definition_arn"]
    notices = ReviewerNotices(loop=own_loop.name, workteam_arn=own_loop.review.workteam_arn, channels=(ANN,))
    opened = ObjectStore().describe(night.files.reviews).modified
    for _ in range(2):
        minutes = (datetime.now(UTC) - opened).total_seconds() / 60 + 0.1
        assert night.wait(arn, minutes, notices=notices)["open"] == 1
    assert len(inbox.mails) == 1


OPENED = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
DEADLINE = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def test_the_latest_notice_that_is_due_stands_for_those_before_it():
    notices = ReviewerNotices(loop="voc", workteam_arn="arn", channels=(ANN,), remind_before_minutes=(60, 15, 400))

    def due(minutes):
        return notices.due(DEADLINE - timedelta(minutes=minutes), OPENED, DEADLINE)

    assert [due(minutes) for minutes in (320, 61, 60, 16, 15, 1, 0, -5)] == [
        "work-waits",
        "work-waits",
        "60-minutes-left",
        "60-minutes-left",
        "15-minutes-left",
        "15-minutes-left",
        None,
        None,
    ]


def ti_of(task, receipt=None, try_number=1):
    return SimpleNamespace(
        dag_id="nightly_review_voc",
        run_id="scheduled__2026-11-22T02:00:00+00:00",
        task_id=task,
        try_number=try_number,
        log_url="http://localhost:8080/log",
        xcom_pull=lambda **_: receipt,
    )


def test_owners_hear_which_task_failed_and_why_once(own_loop, inbox):
    notifier = OwnersNotifier(
        outcome="failed", loop=own_loop.name, channels=(ANN,), folder=f"s3://{own_loop.bucket}/owners"
    )
    error = ReviewConflictError("An active human loop has another input. Stop and delete it.")
    for _ in range(3):  # mapped tasks that fail alike
        notifier({"ti": ti_of("score_images"), "exception": error})
    assert len(inbox.mails) == 1
    notifier({"ti": ti_of("score_images", try_number=2), "exception": error})
    assert len(inbox.mails) == 2, "it was cleared and failed again"
    assert inbox.mails[0][1]["Subject"] == f"{own_loop.name}: score_images failed (nightly_review_voc)"
    assert "ReviewConflictError: An active human loop has another input. Stop and delete it." in inbox.texts()[0]
    assert "http://localhost:8080/log" in inbox.texts()[0]


def test_owners_hear_what_the_receipt_says(own_loop, s3, inbox):
    night = Night(own_loop, "2026-08-04")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=140)))
    night.open_all()
    receipt = night.finish()
    folder = f"s3://{own_loop.bucket}/owners-of-receipts"
    notifier = OwnersNotifier(outcome="finished", loop=own_loop.name, channels=(ANN,), folder=folder)
    for _ in range(2):
        notifier({"ti": ti_of("write_receipt", receipt)})
    assert inbox.mails[0][1]["Subject"] == f"{own_loop.name}: nightly_review_voc finished, night of 2026-08-04"
    assert "Nobody answered any of the 1 reviews" in inbox.texts()[0]
    assert len(inbox.mails) == 1


def test_a_loop_without_channels_tells_nobody(own_loop):
    assert ReviewerNotices.of(own_loop) is None
    told = replace(own_loop, notify=replace(own_loop.notify, reviewers=(ANN,)))
    assert ReviewerNotices.of(told).channels == (ANN,)


def test_a_mail_server_that_does_not_answer_holds_up_no_other_night(own_loop, s3, monkeypatch):
    """Every trigger of a triggerer looks connections up in one thread; telling must not be done there."""
    night = Night(own_loop, "2026-08-09")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=130)))
    arn = night.open_all()["flow_definition_arn"]
    notices = ReviewerNotices(loop=own_loop.name, workteam_arn=own_loop.review.workteam_arn, channels=(ANN,))
    opened = ObjectStore().describe(night.files.reviews).modified
    trigger = HumanLoopsTrigger(
        loops_uri=night.files.reviews,
        flow_definition_arn=arn,
        deadline=(datetime.now(UTC) + timedelta(seconds=2)).isoformat(),
        poll_seconds=1,
        notices={
            "settings": notices.to_json(),
            "folder": night.files.notices,
            "night": night.date,
            "opened": opened.isoformat(),
            "portal": None,
        },
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        extra = {
            "disable_ssl": True,
            "disable_tls": True,
            "from_email": "n@example.com",
            "retry_limit": 1,
            "timeout": 6,
        }
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": silent.getsockname()[1], "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))

        async def both():
            telling = asyncio.create_task(events_of(trigger))
            await asyncio.to_thread(silent.accept)
            begun = time.monotonic()
            async with await async_client(A2IHook()):
                waited = time.monotonic() - begun
            return waited, await telling

        waited, (event,) = asyncio.run(both())
    assert waited < 3
    assert event["status"] == "deadline"


async def events_of(trigger):
    return [event.payload async for event in trigger.run()]
