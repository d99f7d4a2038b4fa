"""What the operators that handle one chunk of a night's images have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import NightChangedError
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.layout import ScoringFiles
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from nightloop.aws.results.given import Given
    from nightloop.domain.images.image import Image


class ChunkOperator(NightOperator):
    """A step of a night that handles one chunk of its images.

    :param chunk: The chunk's name (templated; the argument to map over).
    :param concurrency: How many images are at the model at once; as many others are fetched meanwhile.
    """

    template_fields = aws_template_fields("chunk", "night")

    def __init__(self, *, chunk: Given[str], concurrency: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chunk = chunk
        self.concurrency = concurrency

    @property
    def scoring(self) -> ScoringFiles:
        """What is noted on the way from the list to the predictions."""
        return ScoringFiles(self.night)

    def count(self, uri: str, images: list[Image]) -> dict[str, int]:
        """Count a file about the chunk's images, and log what each could not do.

        :raises NightChangedError: if the file was written for other images.
        """
        from nightloop.domain.detection.boxes.predictions import Prediction

        errors = others = 0
        listed = iter(images)
        for line in iterate_lines(self.store, uri):
            prediction = Prediction.from_json(line)
            image = next(listed, None)
            if image is None or (prediction.image.original or prediction.image.uri) != image.uri:
                raise _changed(uri)
            if prediction.failure:
                errors += 1
                self.log.warning("%s: %s", prediction.image.uri, prediction.failure)
            elif prediction.left_out_as:
                others += 1
                self.log.info("%s is no image: %s", prediction.image.uri, prediction.left_out_as)
            elif prediction.note:
                self.log.info("%s: everyone is shown %s", prediction.image.uri, prediction.note)
        if next(listed, None) is not None:
            raise _changed(uri)
        return {"images": len(images) - others, "errors": errors, "not_images": others}


def _changed(uri: str) -> NightChangedError:
    return NightChangedError(
        f"{uri} was written for other images: the night was listed or cut again since. Delete that object's folder to "
        "score the night again."
    )
