"""The first step of a night: which images there are."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.datasets.erased import ErasedImages
from nightloop.aws.errors import DayNotOverError, NightChangedError, SetupError
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.results.given import Given, is_true
from nightloop.aws.storage.night_chunks import NightChunks, cut
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.calendar.days import end_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context

    from nightloop.domain.images.image import Image

MOST_MISSED: Final = 31
"""How many days before a night are looked at for images that no night has listed."""


class ListImagesOperator(NightOperator):
    """Write down the night's images, once: a rerun works on the same images, even if more have arrived since.

    Every object below the prefix is listed: its content says whether it is an image, when it is scored. Only files that
    computers put beside their users' files are left out by name, and counted.

    The list is final, so it is made when the day is over, by this machine's clock and by that of S3. The log names the
    days before this night that have images and were never listed.

    The list is made and written while it is read, so that a night may have millions of images. Beside it is written
    how it is cut into chunks: a rerun cuts it the same way, also if the setting has changed since.

    Returns the names of the chunks to score; an empty night has none.

    :param images: The prefix of the night's images, an S3 URI (templated).
    :param images_per_chunk: How many images one scoring task takes; None: as many as fit the night's size, see
        `chunk_size`.
    :param timezone: The time zone of the night's day, as Europe/Berlin.
    :param plan_only: The list is only tried out, in a folder of its own: the day need not be over (templated).
    :raises DayNotOverError: if the day is not over yet.
    :raises SetupError: if the night's folder is not named by a date.
    """

    template_fields = aws_template_fields("images", "night", "plan_only")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        images: str,
        images_per_chunk: int | None = None,
        timezone: str = "UTC",
        plan_only: Given[bool | str] = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.images = images
        self.images_per_chunk = images_per_chunk
        self.timezone = timezone
        self.plan_only = plan_only

    def execute(self, context: Context) -> list[str]:
        """List, write, and cut into chunks."""
        from nightloop.domain.rows.jsonl import dump_rows

        if self.store.describe(self.files.images) is None:
            if not is_true(self.plan_only):
                self._check_over()
                self._name_missed_days()
            self.store.write_lines_once(self.files.images, dump_rows(self._found()))
        else:
            self.log.info("This night was listed before; its images are kept.")
        S3OutputLink.persist_for(context, self, self.files.images)
        chunks = cut(self.store, self.files, self.images_per_chunk)
        self._check_earlier_chunks(chunks)
        self.log.info("%s images in %s chunks of %s", chunks.images, len(chunks.names), chunks.images_per_chunk)
        return chunks.names

    def _found(self) -> Iterator[Image]:
        """Yield the night's images; write down what was left out once all are seen."""
        from nightloop.domain.images.image import Image, companion_of

        companions: Counter[str] = Counter()
        erased = ErasedImages(self.store, self.files.loop)
        for entry in self.store.list(self.images):
            if entry.uri in erased:
                continue
            companion = companion_of(entry.uri.removeprefix(self.images), entry.size)
            if companion:
                companions[companion] += 1
            else:
                yield Image(entry.uri, entry.etag, entry.size)
        if companions:
            self.log.info("Left out by their names: %s", dict(companions))
            # Before the list: a task that finds the list finds the count as well.
            self.store.write_once(self.files.companions, json.dumps(companions, sort_keys=True).encode(), JSON)

    def _check_over(self) -> None:
        ends = end_of_day(self._day, ZoneInfo(self.timezone))
        here = datetime.now(UTC)
        now = min(here, self.store.clock(self.images) or here)
        if now < ends:
            raise DayNotOverError(
                f"The day {self._day} ends at {ends:%Y-%m-%d %H:%M:%S} UTC ({self.timezone}), and it is {now:%H:%M:%S} "
                "UTC by this machine's clock or by that of S3: what is listed now would leave out the images still to "
                "come. The task will try again later."
            )

    def _name_missed_days(self) -> None:
        """Say which days since the first night, up to this one, have images that no night has listed."""
        nights = self.store.folders(self.files.loop.nights)
        days = ((self._day - timedelta(days=number)).isoformat() for number in range(MOST_MISSED, 0, -1))
        missed = [day for day in days if nights and nights[0] < day not in nights and self._has_images(day)]
        if missed:
            self.log.warning(
                "No night has listed the images of %s so far. Run the days that no run is about, by the trigger form's "
                "`night` or by `airflow backfill create`.",
                ", ".join(missed),
            )

    def _has_images(self, day: str) -> bool:
        return next(self.store.list(self.images.replace(self.files.date, day)), None) is not None

    @property
    def _day(self) -> date:
        try:
            return date.fromisoformat(self.files.date)
        except ValueError as error:
            raise SetupError(
                f"The folder {self.night} is not named by a date. End it with one, as 2026-11-22."
            ) from error

    def _check_earlier_chunks(self, chunks: NightChunks) -> None:
        folder = self.files.predictions_folder
        earlier = {self.files.chunk_of(entry.uri) for entry in self.store.list(folder)}
        if earlier - set(chunks.names):
            raise NightChangedError(
                f"{folder} holds {len(earlier)} chunks, and {self.files.chunks} knows {len(chunks.names)}: it was cut "
                "again since. Delete that folder to score the night again."
            )
