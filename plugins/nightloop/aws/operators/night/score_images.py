"""The live model looks at one chunk of the night's images."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.clients.thread_switches import quick_thread_switches
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import ServiceFaultError
from nightloop.aws.hooks.invocation import InvocationHook
from nightloop.aws.images.scoring import Scorer
from nightloop.aws.images.scoring_choice import ScoringChoice
from nightloop.aws.links.model_origin import ModelOriginLink
from nightloop.aws.operators.night.chunk import ChunkOperator
from nightloop.aws.storage.night_chunks import images_of_chunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow.sdk import Context

    from nightloop.aws.results.night import ScoredChunk
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.images.image import Image

_FAULTS_BEFORE_DOUBT: Final = 3
"""So many images of a chunk, and all of them, failing inside the model mean that the model is ill, not the images."""


class ScoreImagesOperator(ChunkOperator):
    """Score the images of one chunk with the live endpoint and write what it saw, once.

    A chunk that was scored before is kept as it is, even if the endpoint runs another model by now: so a rerun finds
    the same reviews again. Images that cannot be decoded, or that the endpoint refuses, are recorded with their error.

    An object that is no image, and that is not named as one, is recorded as the kind of file it is; it is no error.

    Returns counts of the chunk and where its file is.

    :param chunk: The chunk's name (templated; the argument to map over).
    :param endpoint_name: The live endpoint.
    :param classes: The loop's classes, in the order of their numbers.
    :param normalised: Folder for the upright RGB copies, an S3 URI.
    :param concurrency: How many images are at the endpoint at once; as many others are fetched meanwhile.
    :param read_timeout_seconds: How long to wait for one answer.
    """

    operator_extra_links = (ModelOriginLink(),)

    def __init__(
        self,
        *,
        endpoint_name: str,
        classes: tuple[str, ...],
        normalised: str,
        read_timeout_seconds: int = 70,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.endpoint_name = endpoint_name
        self.classes = classes
        self.normalised = normalised
        self.read_timeout_seconds = read_timeout_seconds

    def execute(self, context: Context) -> ScoredChunk:
        """Score the chunk, or find it scored."""
        uri = self.files.predictions(str(self.chunk))
        images = images_of_chunk(self.store, self.files, str(self.chunk))
        if self.store.describe(uri) is None:
            self._score(uri, images, context)
        else:
            self.log.info("This chunk was scored before; its predictions are kept.")
        return cast("ScoredChunk", {"uri": uri, **self.count(uri, images)})

    @cached_property
    def runtime(self) -> InvocationHook:
        """The endpoint's side of SageMaker."""
        return InvocationHook(
            self.aws_conn_id,
            concurrency=self.concurrency,
            read_timeout_seconds=self.read_timeout_seconds,
            **self.client_arguments,
        )

    def _score(self, uri: str, images: list[Image], context: Context) -> None:
        from nightloop.domain.rows.jsonl import dump_rows

        ScoringChoice(self.store, self.files, self.scoring).require_endpoint()
        live = self.sagemaker.live_model(self.endpoint_name)
        ModelClasses(self.store).check(live.model, live.artefact, self.classes)
        self.log.info("%s images with %s on endpoint %s", len(images), live.model, self.endpoint_name)
        ModelOriginLink.remember(context, self.store, live)
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
        predictions = map_in_order(scorer.score, images, threads=scorer.threads, name="score")
        with quick_thread_switches():
            self.store.write_lines_once(uri, dump_rows(self._trusted(predictions, scorer)))

    def _trusted(self, predictions: Iterable[Prediction], scorer: Scorer) -> Iterator[Prediction]:
        """Pass the predictions on; raise at the end if the model failed, and not the images."""
        scored = 0
        for prediction in predictions:
            scored += prediction.error is None
            yield prediction
        if scorer.model_faults >= _FAULTS_BEFORE_DOUBT and scored == 0:
            raise ServiceFaultError(
                f"The model of endpoint {self.endpoint_name} failed for each of the {scorer.model_faults} images it "
                "was given. Nothing was written; look at the endpoint's log."
            )
