"""The arithmetic of large nights: the tables of docs/explanation/scaling.md.

`PYTHONPATH=plugins .venv/bin/python -m tools.scaling` prints them; the options are the reader's own numbers.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from nightloop.domain.images.chunks import chunk_size
from tools.reference.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator

NIGHTS: Final = (10_000, 100_000, 1_000_000, 5_000_000)

PAGE: Final = 1_000
"""Objects a page of ListObjectsV2."""
LINE_BYTES: Final = 121
"""An image in images.jsonl; tests/simulation/test_night_of_millions.py."""
UNMAPPED: Final = 10
"""Task instances of a night beside its chunks."""
INSTANCE_SECONDS: Final = 1.4
"""What a task instance costs a night beyond its work; make bench-airflow."""
WORKER_SECONDS: Final = 0.0046
"""A worker's processor time for an image; make bench-scale."""
CANDIDATE_BYTES: Final = 1_300
"""What planning holds of an image that may be reviewed; tests/simulation/test_night_of_millions.py."""
REVIEW_SECONDS: Final = 18.0
"""The loop file's defaults, budget.seconds_per_review and one object's seconds_per_object."""
IN_FLIGHT: Final = 4
"""Requests at once for each machine that looks at one image at a time: the others are on their way."""
JOB_START_SECONDS: Final = 300.0
"""Until a machine that was not there works: SageMaker documents some minutes."""


@dataclass(frozen=True)
class Assumed:
    """What the reader knows better."""

    model_seconds: float = 0.05
    """What one machine needs for an image."""
    hours: float = 4.0
    """How long the scoring of a night may take."""
    price: float = 1.41
    """One machine, an hour."""
    reads_price: float = 0.0004
    """1,000 reads of S3."""
    writes_price: float = 0.005
    """1,000 writes or pages of listings."""
    candidates: float = 0.15
    """The share of the images that a policy names or the audit draws."""
    reviewed: float = 0.02
    """The share of the images that people look at: what the budget pays for."""
    reviewer_hours: float = 6.0
    """What one reviewer works in a day."""


@dataclass(frozen=True)
class Night:
    """A night of so many images.

    :param images: How many.
    :param assumed: What it is reckoned with.
    """

    images: int
    assumed: Assumed = Assumed()

    @property
    def chunks(self) -> int:
        """How many tasks score it."""
        return math.ceil(self.images / chunk_size(self.images))

    @property
    def machines(self) -> int:
        """How many machines score it in time."""
        return math.ceil(self.machine_hours / self.assumed.hours)

    @property
    def machine_hours(self) -> float:
        """What the machines work, all together."""
        return self.images * self.assumed.model_seconds / 3600

    @property
    def scoring_hours(self) -> float:
        """How long they take."""
        return self.machine_hours / self.machines

    @property
    def start_hours(self) -> float:
        """What machines that are started for a night cost before they work, all together."""
        return self.machines * JOB_START_SECONDS / 3600

    @property
    def reviews(self) -> int:
        """How many images people look at."""
        return round(self.images * self.assumed.reviewed)

    def requests_money(self, reads: int, writes: int) -> float:
        """What S3's requests cost, with so many reads and writes an image, and the listing."""
        listed = self.images / PAGE * self.assumed.writes_price / 1000
        each = (reads * self.assumed.reads_price + writes * self.assumed.writes_price) / 1000
        return listed + self.images * each


def files(nights: list[Night]) -> str:
    """Reckon what a night is made of."""
    columns = ("images", "chunks", "images a chunk", "task instances", "Airflow's own time", "pages listed", "the list")
    return table(columns, (_files(night) for night in nights))


def _files(night: Night) -> tuple[str, ...]:
    instances = UNMAPPED + night.chunks
    return (
        f"{night.images:,}",
        f"{night.chunks:,}",
        f"{chunk_size(night.images):,}",
        f"{instances:,}",
        f"{instances * INSTANCE_SECONDS / 60:.1f} min",
        f"{math.ceil(night.images / PAGE):,}",
        f"{night.images * LINE_BYTES / 1e6:,.1f} MB",
    )


def machines(nights: list[Night]) -> str:
    """Reckon what scores a night in time."""
    columns = ("images", "machine hours", "machines", "hours", "requests at once", "cores of workers")
    return table(columns, (_machines(night) for night in nights))


def _machines(night: Night) -> tuple[str, ...]:
    rate = night.images / (night.scoring_hours * 3600)
    return (
        f"{night.images:,}",
        f"{night.machine_hours:,.1f}",
        f"{night.machines:,}",
        f"{night.scoring_hours:.1f}",
        f"{night.machines * IN_FLIGHT:,}",
        f"{rate * WORKER_SECONDS:.1f}",
    )


def money(nights: list[Night]) -> str:
    """Reckon what a day costs: machines, and S3's requests."""
    columns = (
        "images",
        "endpoint, all day",
        "endpoint, by the hour",
        "Batch Transform",
        "asynchronous, from 0",
        "requests: endpoint",
        "requests: the others",
    )
    return table(columns, (_money(night) for night in nights))


def _money(night: Night) -> tuple[str, ...]:
    price = night.assumed.price
    idle = max(24 - night.scoring_hours, 0)
    started = night.machine_hours + night.start_hours
    return (
        f"{night.images:,}",
        f"{24 * night.machines * price:,.2f}",
        f"{(night.machine_hours + idle + (night.start_hours if night.machines > 1 else 0)) * price:,.2f}",
        f"{started * price:,.2f}",
        f"{started * price:,.2f}",
        f"{night.requests_money(1, 0):,.2f}",
        f"{night.requests_money(4, 1):,.2f}",
    )


def people(nights: list[Night]) -> str:
    """Reckon what people do, and what planning holds in memory."""
    columns = ("images", "reviews", "reviewer hours", "reviewers", "answers a second", "memory of planning")
    return table(columns, (_people(night) for night in nights))


def _people(night: Night) -> tuple[str, ...]:
    hours = night.reviews * REVIEW_SECONDS / 3600
    working = night.assumed.reviewer_hours
    return (
        f"{night.images:,}",
        f"{night.reviews:,}",
        f"{hours:,.0f}",
        f"{math.ceil(hours / working):,}",
        f"{night.reviews / (working * 3600):.2f}",
        f"{night.images * night.assumed.candidates * CANDIDATE_BYTES / 1e6:,.0f} MB",
    )


def tables(assumed: Assumed = Assumed()) -> Iterator[str]:
    """Write the page's tables, in its order."""
    nights = [Night(images, assumed) for images in NIGHTS]
    for write in (files, machines, money, people):
        yield write(nights)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tools.scaling", description=__doc__)
    for field in fields(Assumed):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    print("\n\n".join(tables(Assumed(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
