# ruff: noqa: N803
"""A queue of SQS in memory: a message that was received is hidden until it is shown again."""

from __future__ import annotations

from typing import Any

from .client import FakeClient, operation

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/events"


class FakeQueue(FakeClient):
    """`messages` are those that are in the queue, by receipt; `show` lets the hidden ones be received again."""

    service = "sqs"

    def __init__(self):
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()

    def send(self, body: str, sent: float) -> str:
        """Put a message in the queue; return its receipt.

        :param sent: When it was sent, in seconds since 1970.
        """
        receipt = f"receipt-{len(self.messages) + len(self.calls)}-{len(body)}"
        attributes = {"SentTimestamp": str(int(sent * 1000))}
        self.messages[receipt] = {"Body": body, "ReceiptHandle": receipt, "Attributes": attributes}
        return receipt

    def show(self) -> None:
        """Let the time pass for which messages are hidden."""
        self.hidden.clear()

    @operation
    def receive_message(self, QueueUrl, MaxNumberOfMessages=1, **_):
        self._check_queue(QueueUrl)
        shown = [receipt for receipt in self.messages if receipt not in self.hidden][:MaxNumberOfMessages]
        self.hidden |= set(shown)
        return {"Messages": [self.messages[receipt] for receipt in shown]} if shown else {}

    @operation
    def delete_message_batch(self, QueueUrl, Entries):
        self._check_queue(QueueUrl)
        for entry in Entries:
            self.messages.pop(entry["ReceiptHandle"], None)
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    def _check_queue(self, url):
        if url != URL:
            raise self.error("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
