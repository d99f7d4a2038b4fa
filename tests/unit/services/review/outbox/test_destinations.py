"""What is asked of SQS and EventBridge, and what counts as arrived: against a server that refuses some."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from services.review.config.settings import Settings
from services.review.outbox.destinations import Bus, Queue, destinations_of
from services.review.outbox.envelope import Envelope

TIME = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def aws(monkeypatch):
    """A server that answers each operation as the test says and keeps what it was asked."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.server.asked.append(asked)
            status, answer = self.server.answer
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer = [], (200, {})
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def settings_for(url, queue="events"):
    return Settings(
        event_queue_url=f"{url}/123456789012/{queue}",
        event_bus_name="loops",
        sqs_endpoint_url=url,
        events_endpoint_url=url,
    )


def envelopes(number):
    return [
        Envelope(f"id-{n}", "nightloop.review", TIME, "1", "us-east-1", f"arn:{n}", {"humanLoopName": f"loop-{n}"})
        for n in range(number)
    ]


def test_an_entry_the_bus_refuses_is_a_failure_although_the_call_succeeds(aws):
    refused = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
    aws.answer = (200, {"FailedEntryCount": 1, "Entries": [{"EventId": "a"}, refused, {"EventId": "c"}]})
    assert Bus(settings_for(aws.url)).send(envelopes(3)) == {1: "ThrottlingException: slow down"}
    first = aws.asked[0]["Entries"][0]
    assert first == {
        "EventBusName": "loops",
        "Source": "nightloop.review",
        "DetailType": "SageMaker A2I HumanLoop Status Change",
        "Resources": ["arn:0"],
        "Detail": '{"humanLoopName": "loop-0"}',
        "Time": TIME.timestamp(),
    }


def test_a_message_the_queue_refuses_is_a_failure_although_the_call_succeeds(aws):
    failed = [{"Id": "1", "Code": "InternalError", "SenderFault": False, "Message": "again"}]
    aws.answer = (200, {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}], "Failed": failed})
    assert Queue(settings_for(aws.url)).send(envelopes(2)) == {1: "InternalError: again"}
    assert "MessageGroupId" not in aws.asked[0]["Entries"][0]


def test_a_queue_with_an_order_gets_what_it_drops_repetitions_by(aws):
    aws.answer = (200, {"Successful": [], "Failed": []})
    Queue(settings_for(aws.url, "events.fifo")).send(envelopes(1))
    entry = aws.asked[0]["Entries"][0]
    assert (entry["MessageGroupId"], entry["MessageDeduplicationId"]) == ("loop-0", "id-0")
    assert json.loads(entry["MessageBody"])["id"] == "id-0"


@pytest.mark.parametrize("kind", [Queue, Bus])
def test_a_call_that_fails_is_raised_after_one_attempt(aws, kind):
    aws.answer = (500, {"message": "broken"})
    with pytest.raises(ClientError):
        kind(settings_for(aws.url)).send(envelopes(1))
    assert len(aws.asked) == 1, "the outbox comes again, not the client"


def test_nobody_there_is_raised():
    with pytest.raises(EndpointConnectionError):
        Queue(settings_for("http://127.0.0.1:9")).send(envelopes(1))


def test_only_what_the_settings_name():
    assert destinations_of(Settings()) == []
    assert [one.name for one in destinations_of(settings_for("http://127.0.0.1:9"))] == ["sqs", "eventbridge"]
