"""The first step of a night: which images there are."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import NightChangedError
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.store import JSON

if TYPE_CHECKING:
    from airflow.sdk import Context

MAXIMUM_CHUNKS: Final = 1000
"""Airflow maps a task at most 1024 times; a bigger night gets bigger chunks."""


def chunk_size(images: int, images_per_chunk: int) -> int:
    """Return how many images a chunk holds, so that there are at most `MAXIMUM_CHUNKS`."""
    return max(images_per_chunk, -(-images // MAXIMUM_CHUNKS))


def chunk_names(images: int, images_per_chunk: int) -> list[str]:
    """Return the names of the chunks: their numbers in five digits."""
    return [f"{number:05d}" for number in range(-(-images // chunk_size(images, images_per_chunk)))]


class ListImagesOperator(NightOperator):
    """Write down the night's images, once: a rerun works on the same images, whatever arrived since.

    Every object below the prefix is listed: whether it is an image, its content says when it is scored. Only what
    computers put beside their users' files is left out by its name, and counted.

    Returns the names of the chunks to score; an empty night has none.

    :param images: The prefix of the night's images, an S3 URI (templated).
    :param images_per_chunk: How many images one scoring task takes.
    """

    template_fields = aws_template_fields("images", "night")
    operator_extra_links = (S3OutputLink(),)

    def __init__(self, *, images: str, images_per_chunk: int = 50, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.images = images
        self.images_per_chunk = images_per_chunk

    def execute(self, context: Context) -> list[str]:
        """List, write, and cut into chunks."""
        from nightloop.loop.jsonl import loads_lines

        stored = self.store.read_if_there(self.files.images)
        if stored is None:
            stored = self.store.write_once(self.files.images, self._list())
        else:
            self.log.info("This night was listed before; its images are kept.")
        S3OutputLink.persist_for(context, self, self.files.images)
        count = len(loads_lines(stored, source=self.files.images))
        names = chunk_names(count, self.images_per_chunk)
        self._check_earlier_chunks(names)
        self.log.info("%s images in %s chunks", count, len(names))
        return names

    def _list(self) -> bytes:
        from nightloop.loop.images import Image, companion_of
        from nightloop.loop.jsonl import dumps_lines

        found: list[Image] = []
        companions: Counter[str] = Counter()
        for entry in self.store.list(self.images):
            companion = companion_of(entry.uri.removeprefix(self.images), entry.size)
            if companion:
                companions[companion] += 1
            else:
                found.append(Image(entry.uri, entry.etag, entry.size))
        if companions:
            self.log.info("Left out by their names: %s", dict(companions))
            # Before the list: whoever finds that finds the count as well.
            self.store.write_once(self.files.companions, json.dumps(companions, sort_keys=True).encode(), JSON)
        found.sort(key=lambda image: image.uri)
        return dumps_lines(found)

    def _check_earlier_chunks(self, names: list[str]) -> None:
        folder = self.files.predictions_folder
        earlier = {entry.uri.removeprefix(folder).removesuffix(".jsonl") for entry in self.store.list(folder)}
        if earlier - set(names):
            raise NightChangedError(
                f"{folder} holds {len(earlier)} chunks, now there would be {len(names)}: scoring.images_per_chunk was "
                "changed since. Put it back to run this night again, or delete that folder to score it anew."
            )
