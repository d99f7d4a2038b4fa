"""Takes one image through the live model: fetch, look, normalise if needed, score, release."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nightloop.aws.errors import NotAnImageError, ObjectMissingError, UnreadableImageError
from nightloop.aws.hooks.invocation import ImageRefusedError, InvocationHook
from nightloop.aws.images.decoding import Picture, read_picture
from nightloop.aws.images.file_kinds import START, kind_of, named_as_image
from nightloop.aws.images.memory_limit import FILES, MAXIMUM_FILE_BYTES
from nightloop.aws.storage.layout import NormalisedFiles

if TYPE_CHECKING:
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction
    from nightloop.domain.images.image import Image

UNREADABLE: Final = "UnreadableImage"
MISSING: Final = "ImageMissing"
CHANGED: Final = "ImageChanged"
BAD_ANSWER: Final = "BadAnswer"


class Looker:
    """Fetches images and looks at them; keeps an upright RGB copy of each that needs one.

    :param model: The name of the model that the images are for, recorded with every result.
    :param normalised: Folder for upright RGB copies.
    """

    def __init__(self, *, store: ObjectStore, model: str, normalised: str) -> None:
        self.store = store
        self.model = model
        self.normalised = normalised

    def look(self, image: Image) -> tuple[Image, Picture] | Prediction:
        """Return what a model is shown and whose picture that is, or why there is nothing to show."""
        from nightloop.domain.detection.boxes.predictions import NOT_AN_IMAGE, Prediction

        try:
            picture = self._fetch(image)
        except NotAnImageError as error:
            if named_as_image(image.uri):
                return Prediction.failed(image, self.model, UNREADABLE, str(error))
            return Prediction.failed(image, self.model, NOT_AN_IMAGE, error.kind)
        except UnreadableImageError as error:
            return Prediction.failed(image, self.model, UNREADABLE, str(error))
        except ObjectMissingError:
            return Prediction.failed(image, self.model, MISSING, "the image was deleted after it was listed")
        if picture is None:
            return Prediction.failed(image, self.model, CHANGED, "the image was replaced after it was listed")
        return self._keep_copy(image, picture) if picture.normalised else (image, picture)

    def _fetch(self, image: Image) -> Picture | None:
        """Read and decode an image; None if it is no longer the one that was listed."""
        if image.bytes > MAXIMUM_FILE_BYTES:
            raise self._too_large(image)
        with FILES.take(image.bytes):
            try:
                body, etag = self.store.read_version(image.uri)
            except MemoryError as error:
                raise UnreadableImageError("the image's file needs more memory than there is") from error
            return read_picture(body) if etag == image.etag else None

    def _too_large(self, image: Image) -> UnreadableImageError:
        """Say what a file that is never read whole is, by its first bytes."""
        kind = kind_of(self.store.read_start(image.uri, START)[0])
        if not kind.image:
            return NotAnImageError(f"the bytes are not an image ({kind.name})", kind=kind.name)
        limit = MAXIMUM_FILE_BYTES >> 20
        return UnreadableImageError(f"the image's file has {image.bytes >> 20} MiB; the most are {limit}")

    def _keep_copy(self, image: Image, picture: Picture) -> tuple[Image, Picture]:
        uri = NormalisedFiles(self.normalised).copy(image.uri, image.etag)
        stored = self.store.write_once(uri, picture.body, "image/jpeg")
        kept = picture if stored == picture.body else replace(read_picture(stored), note=picture.note)
        return replace(image, uri=uri, original=image.uri), kept


class Scorer(Looker):
    """Scores images of one chunk; `score` may run in several threads.

    While the endpoint has as many images as `runtime` lets there, as many others are fetched and decoded. So twice as
    many threads keep the endpoint busy, and the process never holds more images than it has threads.

    :param model: The name of the model the endpoint runs, recorded with every result.
    :param normalised: Folder for upright RGB copies.
    """

    def __init__(
        self,
        *,
        store: ObjectStore,
        runtime: InvocationHook,
        endpoint_name: str,
        model: str,
        classes: tuple[str, ...],
        normalised: str,
    ) -> None:
        super().__init__(store=store, model=model, normalised=normalised)
        self.runtime = runtime
        self.endpoint_name = endpoint_name
        self.classes = classes
        self.threads = 2 * runtime.concurrency
        self.model_faults = 0
        self._lock = threading.Lock()

    def score(self, image: Image) -> Prediction:
        """Return what the model saw, or why there is nothing; raise only errors that concern every image."""
        looked = self.look(image)
        return self._detect(*looked) if isinstance(looked, tuple) else looked

    def _detect(self, image: Image, picture: Picture) -> Prediction:
        from nightloop.domain.detection.boxes.predictions import Prediction, from_endpoint
        from nightloop.domain.errors import ResponseError

        try:
            answer = self.runtime.detect(self.endpoint_name, picture.body, picture.content_type)
            seen = from_endpoint(answer, picture.width, picture.height, self.classes, image, self.model)
            return replace(seen, perceptual_hash=picture.perceptual_hash, note=picture.note)
        except ImageRefusedError as error:
            if error.model_at_fault:
                with self._lock:
                    self.model_faults += 1
            return Prediction.failed(image, self.model, error.code, error.message)
        except ResponseError as error:
            return Prediction.failed(image, self.model, BAD_ANSWER, error.message)
