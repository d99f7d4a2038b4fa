"""Events of loops that ended: Amazon A2I's envelope, at least once, whatever is down."""

import json
import re
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

ENVELOPE = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}
DETAIL = {
    "creationTime",
    "failureCode",
    "failureReason",
    "flowDefinitionArn",
    "humanLoopArn",
    "humanLoopName",
    "humanLoopOutput",
    "humanLoopStatus",
}
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def aws(s3_server):
    """Clients of the one local AWS that outlives every service."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    return {name: boto3.client(name, endpoint_url=s3_server, **keys) for name in ("sqs", "events")}


@dataclass
class Inbox:
    """A queue and the events that were taken out of it."""

    sqs: Any
    url: str
    taken: list[dict[str, Any]] = field(default_factory=list)

    def has(self, number):
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self.taken.append(json.loads(message["Body"]))
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return len(self.taken) >= number


@pytest.fixture
def new_inbox(aws):
    def make(name=None, **attributes):
        name = name or f"queue-{uuid.uuid4().hex[:8]}"
        return Inbox(aws["sqs"], aws["sqs"].create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    return make


@pytest.fixture
def bus(aws, new_inbox):
    """A bus with a rule that hands A2I's events to a queue."""
    name, inbox = f"bus-{uuid.uuid4().hex[:8]}", new_inbox()
    events = aws["events"]
    events.create_event_bus(Name=name)
    pattern = {"detail-type": ["SageMaker A2I HumanLoop Status Change"], "source": ["nightloop.review"]}
    events.put_rule(Name=f"rule-{name}", EventBusName=name, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{inbox.url.rsplit('/', 1)[1]}"
    events.put_targets(Rule=f"rule-{name}", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    return name, inbox


@pytest.fixture
def new_sender(new_service, s3_server):
    """Make services that send their events to the local AWS, or as the test says."""

    def make(**settings):
        service = new_service()
        addresses = {"SQS_ENDPOINT_URL": s3_server, "EVENTS_ENDPOINT_URL": s3_server}
        service.settings = addresses | settings
        return service

    return make


def dead_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def is_as_amazons(event, loop, status):
    assert set(event) == ENVELOPE
    assert set(event["detail"]) == DETAIL
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:human-loop/{loop}"
    assert event["resources"] == [arn] == [event["detail"]["humanLoopArn"]]
    assert (event["version"], event["account"], event["region"]) == ("0", ACCOUNT, "us-east-1")
    assert event["detail-type"] == "SageMaker A2I HumanLoop Status Change"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["detail"]["creationTime"])
    assert event["detail"]["humanLoopStatus"] == status


def test_completed_stopped_and_failed_as_amazon_tells_it(new_sender, new_job, new_inbox, eventually, answer):
    inbox = new_inbox()
    service = new_sender(EVENT_QUEUE_URL=inbox.url, EVENT_SOURCE="aws.sagemaker").starts()
    job, expiring = new_job(on=service), new_job(on=service, TaskAvailabilityLifetimeInSeconds=1)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    completed, failed = job.starts_loop(), expiring.starts_loop()
    worker.starts_working(job.name)
    worker.submits(answer)
    stopped = job.starts_loop()
    service.a2i.stop_human_loop(HumanLoopName=stopped)
    eventually(lambda: inbox.has(3), seconds=40)
    events = {event["detail"]["humanLoopName"]: event for event in inbox.taken}
    for loop, status in ((completed, "Completed"), (stopped, "Stopped"), (failed, "Failed")):
        is_as_amazons(events[loop], loop, status)
        assert events[loop]["source"] == "aws.sagemaker"
    uri = job.becomes(completed, "Completed")["HumanLoopOutput"]["OutputS3Uri"]
    assert events[completed]["detail"]["humanLoopOutput"] == {"outputS3Uri": uri}
    assert events[completed]["detail"]["failureCode"] is None
    assert events[stopped]["detail"]["humanLoopOutput"] is None
    assert events[failed]["detail"]["failureCode"] == "Expired"
    assert events[failed]["detail"]["failureReason"]
    eventually(lambda: service.reads("SELECT count(*) FROM events") == [(0,)])


def test_a_queue_that_is_away_holds_up_nothing_else_and_gets_all_later(new_sender, new_job, new_inbox, bus, eventually):
    inbox, (bus_name, bus_inbox) = new_inbox(), bus
    addresses = {"EVENT_QUEUE_URL": inbox.url, "EVENT_BUS_NAME": bus_name, "SQS_ENDPOINT_URL": dead_address()}
    service = new_sender(**addresses).starts()
    job = new_job(on=service)
    loop = job.starts_loop()
    service.a2i.stop_human_loop(HumanLoopName=loop)
    eventually(lambda: bus_inbox.has(1), seconds=40)
    (event,) = bus_inbox.taken
    is_as_amazons({"account": ACCOUNT, **event}, loop, "Stopped")  # the local rule leaves the account out
    assert event["source"] == "nightloop.review"
    eventually(lambda: service.reads("SELECT attempts FROM event_deliveries WHERE attempts >= 2"), seconds=40)
    ((event_id,),) = service.reads("SELECT event_id FROM events")
    service.a2i.delete_human_loop(HumanLoopName=loop)
    service.is_killed()

    service.settings["SQS_ENDPOINT_URL"] = service.s3_url
    service.starts()
    eventually(lambda: inbox.has(1), seconds=40)
    is_as_amazons(inbox.taken[0], loop, "Stopped")
    assert inbox.taken[0]["id"] == event_id, "what was tried before the kill and after it has one id"
    eventually(lambda: service.reads("SELECT count(*) FROM events") == [(0,)])
    assert not bus_inbox.has(2), "who had it did not get it again"


def test_a_queue_that_does_not_exist_yet_is_named_and_filled_once_it_does(new_sender, new_job, new_inbox, eventually):
    name = f"later-{uuid.uuid4().hex[:8]}.fifo"
    service = new_sender(EVENT_QUEUE_URL=new_inbox("elsewhere").url.replace("elsewhere", name)).starts()
    job = new_job(on=service)
    loops = {job.starts_loop() for _ in range(12)}
    for loop in loops:
        service.a2i.stop_human_loop(HumanLoopName=loop)
    refused = "SELECT count(*) FROM event_deliveries WHERE last_error IS NOT NULL"
    eventually(lambda: service.reads(refused) == [(12,)], seconds=40)
    ((reason,),) = service.reads("SELECT DISTINCT last_error FROM event_deliveries")
    assert "does not exist" in reason
    inbox = new_inbox(name, FifoQueue="true")
    eventually(lambda: inbox.has(12), seconds=60)
    assert {event["detail"]["humanLoopName"] for event in inbox.taken} == loops


def test_two_processes_on_one_database_send_each_event_once(new_sender, new_service, new_job, new_inbox, eventually):
    """On PostgreSQL, where several processes are at home; SQLite's are one after the other."""
    inbox = new_inbox()
    service = new_sender(EVENT_QUEUE_URL=inbox.url)
    if service.database.startswith("sqlite"):
        pytest.skip("SQLite is for one process")
    other = new_service()
    other.database, other.settings = service.database, service.settings
    service.starts()
    other.starts()
    job = new_job(on=service, TaskAvailabilityLifetimeInSeconds=2)
    loops = {job.starts_loop() for _ in range(60)}
    for loop in list(loops)[:10]:
        with suppress(ClientError):  # its time may be over already
            other.a2i.stop_human_loop(HumanLoopName=loop)
    eventually(lambda: inbox.has(60), seconds=60)
    assert len(inbox.taken) == 60, "no work was done twice"
    assert {event["detail"]["humanLoopName"] for event in inbox.taken} == loops
    assert service.stops() == 0
    assert other.stops() == 0
    assert sum(line.count('"event sent"') for one in (service, other) for line in one.log.splitlines()) == 60
