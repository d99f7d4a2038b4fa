"""Reads what transform jobs wrote for a night's images, as the predictions that the live endpoint would have given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nightloop.aws.errors import TransformOutputError
from nightloop.aws.images.job_lists import is_listable
from nightloop.aws.images.preparing import answered, unanswered
from nightloop.aws.images.scoring import CHANGED, MISSING
from nightloop.aws.storage.layout import TransformFiles

if TYPE_CHECKING:
    from nightloop.aws.results.night import NightJob, NightJobs
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.images.image import Image


class JobAnswers:
    """Reads the results of a night's transform jobs; `read` may run in several threads.

    :param night: The jobs, those over all images first, then those over what was left.
    :param classes: The loop's classes, in the order of their numbers.
    """

    def __init__(self, store: ObjectStore, night: NightJobs, classes: tuple[str, ...]) -> None:
        self.store = store
        self.night = night
        self.classes = classes

    def read(self, prepared: Prediction) -> Prediction:
        """Return what the model saw in a prepared image, or why there is nothing.

        :raises TransformOutputError: if a result is gone that was there.
        """
        model = self.night["model"]
        if prepared.error is not None:
            return replace(prepared, model=model)
        if not is_listable(prepared.image.uri):
            return unanswered(prepared, model, "Batch Transform takes no key with an empty part, '.' or '..' in it")
        changed = self._changed(prepared.image)
        if changed:
            return unanswered(prepared, model, changed[1], changed[0])
        body = last = None
        for last in self._jobs_of(prepared.image.uri):
            body = self.store.read_if_there(TransformFiles(last["results"]).result(prepared.image.uri, last["folder"]))
            if body is not None:
                return answered(prepared, body, classes=self.classes, model=model)
        if last is None or not last["without_result"]:
            raise TransformOutputError(
                f"The result of {prepared.image.uri} is not there any more: transform job "
                f"{last['name'] if last else 'of its bucket'} wrote it. Put it back, or delete the night's folders "
                "`scoring` and `predictions` and clear list_images: the night is scored again."
            )
        return unanswered(prepared, model, f"transform job {last['name']} gave no result for it: {last['reason']}")

    def _jobs_of(self, uri: str) -> list[NightJob]:
        return [job for job in self.night["jobs"] if uri.startswith(job["folder"])]

    def _changed(self, image: Image) -> tuple[str, str] | None:
        """Say whether an image is no longer the listed one: the job may have seen another; a copy never changes."""
        if image.original is not None:
            return None
        now = self.store.describe(image.uri)
        if now is None:
            return MISSING, "the image was deleted after it was listed"
        return None if now.etag == image.etag else (CHANGED, "the image was replaced after it was listed")
