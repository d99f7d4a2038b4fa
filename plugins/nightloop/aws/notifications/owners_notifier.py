"""Tells owners how a run ended, in callbacks of its tasks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal

from airflow.sdk import BaseNotifier

from nightloop.aws.notifications.delivery import Delivery
from nightloop.aws.notifications.notice import Notice
from nightloop.aws.storage.layout import NoticeFiles
from nightloop.aws.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.config import Channel

_LONGEST_ERROR: Final = 2000
_LONGEST_ENTRY: Final = 300


class OwnersNotifier(BaseNotifier):
    """Tells the owners of a loop that a task failed for good, or what the receipt of a finished run says.

    There is one notice for each run and failed task: if a thousand mapped tasks fail the same way, owners hear about it
    once.

    :param outcome: "failed" for `on_failure_callback`, "finished" for `on_success_callback` of the receipt's task.
    :param loop: The loop's name.
    :param channels: How to reach them.
    :param folder: The folder of the marks of what was sent, an S3 URI.
    """

    def __init__(
        self, *, outcome: Literal["failed", "finished"], loop: str, channels: tuple[Channel, ...], folder: str
    ) -> None:
        super().__init__()
        self.outcome = outcome
        self.loop = loop
        self.channels = channels
        self.folder = folder

    def notify(self, context: Context) -> None:
        """Send the notice that belongs to the task of this context."""
        ti: Any = context["ti"]
        run = NoticeFiles(self.folder).of_run(ti.dag_id, ti.run_id).folder
        notice = self._failure(context, ti) if self.outcome == "failed" else self._receipt(ti)
        Delivery(ObjectStore(), run, self.channels).deliver(notice)

    def _failure(self, context: Context, ti: Any) -> Notice:
        error = context.get("exception")
        said = (
            f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error or "no reason known")
        )
        lines = [f"Task {ti.task_id} of {ti.dag_id}, run {ti.run_id}, failed:", said[:_LONGEST_ERROR]]
        log_url = getattr(ti, "log_url", None)
        lines += [f"Its log: {log_url}"] if log_url else []
        key = f"failed-{ti.task_id}-{ti.try_number}"
        return Notice(key, f"{self.loop}: {ti.task_id} failed ({ti.dag_id})", "\n".join(lines))

    def _receipt(self, ti: Any) -> Notice:
        receipt = ti.xcom_pull(task_ids=ti.task_id) or {}
        lines = describe(receipt)
        subject = f"{self.loop}: {ti.dag_id} finished" + (
            f", night of {receipt['night']}" if "night" in receipt else ""
        )
        return Notice("finished", subject, "\n".join([*lines, f"Run {ti.run_id}"]))


def describe(receipt: dict[str, Any]) -> list[str]:
    """Describe a receipt: a night's in sentences, any other as its entries."""
    from nightloop.domain.detection.receipt import describe_night

    if "reviews_opened" in receipt:
        return describe_night(receipt)
    return [f"{key}: {json.dumps(value)[:_LONGEST_ENTRY]}" for key, value in receipt.items()]
