"""Looks at one chunk of the night's images before a transform job scores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nightloop.aws.images.preparing import prepare_chunk
from nightloop.aws.operators.night.chunk import ChunkOperator
from nightloop.aws.storage.night_chunks import images_of_chunk

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.night import PreparedChunk


class PrepareImagesOperator(ChunkOperator):
    """Look at the images of one chunk, and write what a model can be shown, once.

    An image that not every program reads alike is copied as an upright RGB JPEG, and one that cannot be decoded is
    recorded with its error: as `ScoreImagesOperator` does, but no model is asked.

    Returns counts of the chunk and where its file is.

    :param chunk: The chunk's name (templated; the argument to map over).
    :param normalised: Folder for the upright RGB copies, an S3 URI.
    :param concurrency: Twice as many images are fetched and decoded at once.
    """

    def __init__(self, *, normalised: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.normalised = normalised

    def execute(self, context: Context) -> PreparedChunk:
        """Look at the chunk's images, or find them looked at."""
        uri = self.scoring.prepared(str(self.chunk))
        images = images_of_chunk(self.store, self.files, str(self.chunk))
        if self.store.describe(uri) is None:
            prepare_chunk(self.store, self.normalised, images, uri, threads=2 * self.concurrency)
        else:
            self.log.info("This chunk was prepared before; it is kept.")
        return cast("PreparedChunk", {"uri": uri, **self.count(uri, images)})
