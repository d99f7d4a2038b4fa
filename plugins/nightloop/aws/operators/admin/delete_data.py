"""Deletes what a loop wrote and learned, if somebody confirms it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.errors import NotConfirmedError
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.storage.layout import LoopFiles

if TYPE_CHECKING:
    from airflow.sdk import Context


class DeleteDataOperator(HoldingOperator[int]):
    """Delete every object below the loop's folder; skipped unless its word is given.

    The loop's images, seed and holdout lie elsewhere and stay.

    Returns how many objects were deleted, the endpoint's hold not counted.

    :param loop: The loop's name: the word to give.
    :param loop_folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    :param given: What the person who started the DAG wrote; empty keeps everything (templated).
    :raises NotConfirmedError: if it is another word.
    """

    template_fields = aws_template_fields("given")

    def __init__(self, *, loop: str, loop_folder: str, given: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.loop_folder = loop_folder
        self.given = given

    def proceed(self, context: Context) -> int:
        """Delete it all, or nothing."""
        if not self.given:
            raise AirflowSkipException(f"What {self.loop} learned stays in {self.loop_folder}.")
        if self.given != self.loop:
            raise NotConfirmedError(
                f"No data was deleted: set the parameter `delete_data` to {self.loop!r} (it was {self.given!r})."
            )
        self.take_endpoint(context, self.loop_folder)
        # The hold is deleted last, its own entry last of all: until then no other run changes what is being deleted.
        files = LoopFiles(self.loop_folder)
        folder, holds = files.everything, files.holds
        kept_to_last = [stored.uri for stored in self.store.list(holds)]
        count = 0
        for stored in self.store.list(folder):
            if not stored.uri.startswith(holds):
                self.store.delete(stored.uri)
                count += 1
        for uri in kept_to_last:
            self.store.delete(uri)
        self.log.info("Deleted %s objects below %s", count, self.loop_folder)
        return count
