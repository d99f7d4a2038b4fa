"""The live model looks at one chunk of the night's images."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import NightChangedError, ServiceFaultError
from nightloop.aws.hooks.invocation import InvocationHook
from nightloop.aws.operators.base import Given, NightOperator
from nightloop.aws.operators.list_images import chunk_size
from nightloop.aws.operators.rows import read_images
from nightloop.aws.scoring import Scorer

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.loop.images import Image
    from nightloop.loop.predictions import Prediction

_FAULTS_BEFORE_DOUBT: Final = 3
"""So many images of a chunk, and all of them, failing inside the model mean that the model is ill, not the images."""


class ScoreImagesOperator(NightOperator):
    """Score the images of one chunk with the live endpoint and write what it saw, once.

    A chunk that was scored before is kept as it is, even if the endpoint runs another model by now: so a rerun finds
    the same reviews again. Images that cannot be decoded, or that the endpoint refuses, are recorded with their error.

    Returns counts of the chunk and where its file is.

    :param chunk: The chunk's name (templated; the argument to map over).
    :param endpoint_name: The live endpoint.
    :param classes: The loop's classes, in the order of their numbers.
    :param normalised: Folder for upright RGB copies of images that are not so already, an S3 URI.
    :param images_per_chunk: The same as in `ListImagesOperator`.
    :param concurrency: How many requests are under way at once.
    :param read_timeout_seconds: How long to wait for one answer.
    """

    template_fields = aws_template_fields("chunk", "night")

    def __init__(
        self,
        *,
        chunk: Given,
        endpoint_name: str,
        classes: tuple[str, ...],
        normalised: str,
        images_per_chunk: int = 50,
        concurrency: int = 4,
        read_timeout_seconds: int = 70,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.chunk = chunk
        self.endpoint_name = endpoint_name
        self.classes = classes
        self.normalised = normalised
        self.images_per_chunk = images_per_chunk
        self.concurrency = concurrency
        self.read_timeout_seconds = read_timeout_seconds

    def execute(self, context: Context) -> dict[str, Any]:
        """Score the chunk, or find it scored."""
        uri = self.files.predictions(self.chunk)
        images = self._images()
        stored = self.store.read_if_there(uri)
        if stored is None:
            stored = self._score(uri, images)
        else:
            self.log.info("This chunk was scored before; its predictions are kept.")
        return self._summary(uri, stored, images)

    @cached_property
    def runtime(self) -> InvocationHook:
        """The endpoint's side of SageMaker."""
        return InvocationHook(
            self.aws_conn_id,
            concurrency=self.concurrency,
            read_timeout_seconds=self.read_timeout_seconds,
            **self.client_arguments,
        )

    def _images(self) -> list[Image]:
        images = read_images(self.store, self.files)
        size = chunk_size(len(images), self.images_per_chunk)
        start = int(self.chunk) * size
        return images[start : start + size]

    def _score(self, uri: str, images: list[Image]) -> bytes:
        from nightloop.loop.jsonl import dumps_lines

        live = self.sagemaker.live_model(self.endpoint_name)
        self.log.info("%s images with %s on endpoint %s", len(images), live.model, self.endpoint_name)
        # The clients are made here, in the task's own thread: making one asks Airflow for the connection.
        _ = self.runtime.client
        _ = self.store.client
        scorer = Scorer(
            store=self.store,
            runtime=self.runtime,
            endpoint_name=self.endpoint_name,
            model=live.model,
            classes=self.classes,
            normalised=self.normalised,
        )
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="score") as pool:
            futures = [pool.submit(scorer.score, image) for image in images]
            try:
                predictions = [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        self._doubt_the_model(predictions, scorer.model_faults)
        return self.store.write_once(uri, dumps_lines(predictions))

    def _doubt_the_model(self, predictions: list[Prediction], faults: int) -> None:
        asked = sum(prediction.error is None for prediction in predictions) + faults
        if faults >= _FAULTS_BEFORE_DOUBT and faults == asked:
            raise ServiceFaultError(
                f"The model of endpoint {self.endpoint_name} failed for each of the {faults} images it was given. "
                "Nothing was written; look at the endpoint's log."
            )

    def _summary(self, uri: str, stored: bytes, images: list[Image]) -> dict[str, Any]:
        from nightloop.loop.jsonl import loads_lines
        from nightloop.loop.predictions import Prediction

        predictions = [Prediction.from_json(line) for line in loads_lines(stored, source=uri)]
        kept = [prediction.image.original or prediction.image.uri for prediction in predictions]
        if kept != [image.uri for image in images]:
            raise NightChangedError(
                f"{uri} was written for other images: scoring.images_per_chunk was changed since. Put it back to run "
                "this night again, or delete that object's folder to score it anew."
            )
        failed = [prediction for prediction in predictions if prediction.error]
        for prediction in failed:
            self.log.warning("%s: %s", prediction.image.uri, prediction.error)
        return {"uri": uri, "images": len(predictions), "errors": len(failed)}
