"""Decides what scores a night: the live endpoint, or one transform job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.images.scoring_choice import AUTO, BATCH_TRANSFORM, ScoringChoice
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.results.given import value_of
from nightloop.aws.storage.layout import ScoringFiles
from nightloop.aws.storage.night_chunks import read_chunks

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given


class ChooseScoringOperator(NightOperator):
    """Choose between the live endpoint and Batch Transform by the number of images, and write it down, once.

    A rerun keeps the choice, even if the settings have changed by then. A night whose scoring has begun at the endpoint
    stays there.

    Returns the names of the chunks to prepare for a transform job; none for a night of the endpoint.

    :param chunks: The names of the night's chunks (templated).
    :param by: `batch_transform`, or `auto`: by the number of images.
    :param batch_from_images: With `auto`, a night of so many images or more is scored by Batch Transform.
    """

    template_fields = aws_template_fields("chunks", "night")

    def __init__(
        self, *, chunks: Given[list[str]], by: str = AUTO, batch_from_images: int = 10_000, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.chunks = chunks
        self.by = by
        self.batch_from_images = batch_from_images

    def execute(self, context: Context) -> list[str]:
        """Choose, or find the choice."""
        images = read_chunks(self.store, self.files).images
        choice = ScoringChoice(self.store, self.files, ScoringFiles(self.night))
        chosen = choice.make(self.by, images, self.batch_from_images)
        self.log.info("The %s images of this night are scored by %s.", images, chosen)
        return list(value_of(self.chunks)) if chosen == BATCH_TRANSFORM else []
