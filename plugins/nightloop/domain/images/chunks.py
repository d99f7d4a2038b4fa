"""How the images of a night are cut into chunks: each is scored by one task, in one piece."""

from typing import Final

MAXIMUM_CHUNKS: Final = 1000
"""Airflow maps a task at most 1024 times, unless it is told otherwise."""

SIDE_BY_SIDE: Final = 8
"""So many chunks keep the workers of a small installation busy to the end of a night."""

FEWEST_IMAGES: Final = 250
"""A task instance costs some 1.4 s of Airflow's time, about as much as scoring 100 images."""

MOST_IMAGES: Final = 2_500
"""What a worker that dies may have to score again."""


def chunk_size(images: int, wanted: int | None = None) -> int:
    """Return how many images a chunk holds.

    A night is cut into 8 chunks of at least 250 and at most 2,500 images, or into chunks of as many as are `wanted`;
    and always into at most `MAXIMUM_CHUNKS`.
    """
    chosen = min(max(-(-images // SIDE_BY_SIDE), FEWEST_IMAGES), MOST_IMAGES)
    return max(wanted or chosen, -(-images // MAXIMUM_CHUNKS))


def chunk_name(number: int) -> str:
    """Return the name of a chunk: its number in five digits."""
    return f"{number:05d}"
