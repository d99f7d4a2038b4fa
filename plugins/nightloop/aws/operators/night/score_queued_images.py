"""Scores one chunk of the night's images by an asynchronous endpoint: asked now, answered in S3, awaited by nobody."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import JobUnfinishedError, NightloopError, TransientError
from nightloop.aws.hooks.queued_invocation import QueuedInvocationHook
from nightloop.aws.images.job_lists import prepared_images
from nightloop.aws.images.preparing import prepare_chunk
from nightloop.aws.images.queued_answers import Asked, QueuedAnswers
from nightloop.aws.images.scoring_choice import ScoringChoice
from nightloop.aws.links.model_origin import ModelOriginLink
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.operators.sagemaker.transform import CONTENT_TYPE
from nightloop.aws.storage.layout import NormalisedFiles
from nightloop.aws.triggers.queued_answers import QueuedAnswersTrigger
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.night import ScoredChunk
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.images.image import Image

TTL_SECONDS: Final = 21_600
"""How long a request may wait in the queue: the longest that SageMaker allows."""

_SENT_AS_IT_IS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:._-")
"""What every reader of an HTTP header accepts in an address; an image with another key is asked about as a copy."""


class ScoreQueuedImagesOperator(ScoreImagesOperator):
    """Score the images of one chunk by an asynchronous endpoint and write what it saw, once.

    The requests wait in the endpoint's queue, also while it has no machine; no worker waits for the answers. Where each
    answer comes is written down when all are asked, so a retry looks there and asks nothing twice. An attempt that is
    killed before that asks again, for the same output objects. If another model is live by the time the answers are
    read, nobody knows which of the two gave them, and that model is asked.

    Returns counts of the chunk and where its file is.

    :param chunk: The chunk's name (templated; the argument to map over).
    :param poll_seconds: Pause between two looks for the answers.
    :param deferrable: Wait in the triggerer, without a worker.
    :param longest_seconds: How long to wait at most.
    :raises JobUnfinishedError: if answers are missing after that time.
    """

    def __init__(
        self,
        *,
        poll_seconds: int = 30,
        deferrable: bool = True,
        longest_seconds: int = TTL_SECONDS + 1800,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.poll_seconds = poll_seconds
        self.deferrable = deferrable
        self.longest_seconds = longest_seconds

    def execute_complete(self, context: Context, event: dict[str, Any]) -> ScoredChunk:
        """Take over from the trigger."""
        if event["status"] == "error":
            raise NightloopError(event["message"])
        if event["status"] == "unfinished":
            raise self._unfinished(event["open"])
        return self.execute(context)

    @cached_property
    def queue_hook(self) -> QueuedInvocationHook:
        """The endpoint's queue."""
        return QueuedInvocationHook(self.aws_conn_id, concurrency=self.concurrency, **self.client_arguments)

    def _score(self, uri: str, images: list[Image], context: Context) -> None:
        from nightloop.domain.rows.jsonl import dump_rows

        ScoringChoice(self.store, self.files, self.scoring).require_endpoint()
        prepared = self.scoring.prepared(str(self.chunk))
        if self.store.describe(prepared) is None:
            prepare_chunk(self.store, self.normalised, images, prepared, threads=2 * self.concurrency)
        self.count(prepared, images)
        live = self.sagemaker.live_model(self.endpoint_name)
        ModelClasses(self.store).check(live.model, live.artefact, self.classes)
        ModelOriginLink.remember(context, self.store, live)
        asked = self.scoring.asked(str(self.chunk), live.model)
        if self.store.describe(asked) is None:
            self._ask(prepared, asked, live.model)
        answers = QueuedAnswers(self.store, asked)
        self._wait(answers)
        rows = prepared_images(self.store, prepared)
        seen = map_in_order(
            lambda row: answers.read(row, classes=self.classes, model=live.model),
            rows,
            threads=2 * self.concurrency,
            name="read",
        )
        self.store.write_lines_once(uri, dump_rows(seen))

    def _ask(self, prepared: str, asked: str, model: str) -> None:
        from nightloop.domain.rows.jsonl import dump_rows

        _ = self.queue_hook.client
        folder = naming.queue_folder(self.files.date, str(self.chunk), self.night, model)
        shown = (row for row in prepared_images(self.store, prepared) if row.error is None)
        requests = map_in_order(lambda row: self._ask_about(row, folder), shown, threads=self.concurrency, name="ask")
        count = self.store.write_lines_once(asked, dump_rows(requests))
        self.log.info("%s images asked about in the queue of endpoint %s", count, self.endpoint_name)

    def _ask_about(self, prepared: Prediction, folder: str) -> Asked:
        identity, file = naming.queue_request(prepared.image.uri, prepared.image.etag)
        request = {
            "InputLocation": self._readable(prepared.image),
            "ContentType": CONTENT_TYPE,
            "Accept": "application/json",
            "InferenceId": identity,
            "S3OutputPathExtension": folder,
            "Filename": file,
            "RequestTTLSeconds": TTL_SECONDS,
        }
        output, failure = self.queue_hook.ask(self.endpoint_name, request)
        return Asked(prepared.image.uri, output, failure)

    def _readable(self, image: Image) -> str:
        """Return an address that a header of HTTP can hold: the image's, or that of a copy of its bytes."""
        if _SENT_AS_IT_IS.issuperset(image.uri):
            return image.uri
        copy = NormalisedFiles(self.normalised).copy(image.uri, image.etag, "")
        if self.store.describe(copy) is None:
            self.store.write_once(copy, self.store.read(image.uri), CONTENT_TYPE)
        return copy

    def _wait(self, answers: QueuedAnswers) -> None:
        still_open = answers.count_open()
        if still_open and self.deferrable:
            trigger = QueuedAnswersTrigger(
                asked_uri=answers.asked_uri,
                poll_seconds=self.poll_seconds,
                longest_seconds=self.longest_seconds,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            )
            self.defer(trigger=trigger, method_name="execute_complete")
        end = time.monotonic() + self.longest_seconds
        while still_open:
            if time.monotonic() >= end:
                raise self._unfinished(still_open)
            time.sleep(self.poll_seconds)
            try:
                still_open = answers.count_open()
            except TransientError as error:
                self.log.warning("Looking again in %s s: %s", self.poll_seconds, error)

    def _unfinished(self, still_open: int) -> JobUnfinishedError:
        return JobUnfinishedError(
            f"Endpoint {self.endpoint_name} has not answered {still_open} requests of chunk {self.chunk} in "
            f"{self.longest_seconds} s. Look at its log, and whether it gets a machine. Clear this task to wait on; "
            f"delete the chunk's file below {self.scoring.asked_folder} first to ask again."
        )
