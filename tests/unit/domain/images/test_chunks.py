"""Chunks: few and large where that pays, many enough to work side by side, never more than Airflow maps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.images.chunks import MAXIMUM_CHUNKS, MOST_IMAGES, chunk_name, chunk_size


def count(images, wanted=None):
    return -(-images // chunk_size(images, wanted))


@pytest.mark.parametrize(
    ("images", "size", "chunks"),
    [
        (0, 250, 0),
        (1, 250, 1),
        (250, 250, 1),
        (2_000, 250, 8),
        (10_000, 1_250, 8),
        (20_000, 2_500, 8),
        (100_000, 2_500, 40),
        (1_000_000, 2_500, 400),
        (5_000_000, 5_000, 1_000),
    ],
)
def test_the_size_is_chosen_from_the_night_s(images, size, chunks):
    assert (chunk_size(images), count(images)) == (size, chunks)


@given(st.integers(0, 20_000_000), st.none() | st.integers(1, 10_000))
def test_every_image_is_in_one_chunk_and_chunks_can_be_mapped(images, wanted):
    size, chunks = chunk_size(images, wanted), count(images, wanted)
    assert chunks <= MAXIMUM_CHUNKS < 1024
    assert (chunks - 1) * size < images <= chunks * size or images == chunks == 0
    assert wanted is None or size == wanted or chunks >= MAXIMUM_CHUNKS // 2


@given(st.integers(1, 2_500_000))
def test_what_a_dead_worker_scores_again_is_bounded(images):
    assert chunk_size(images) <= MOST_IMAGES


def test_names_sort_as_numbers_do():
    names = [chunk_name(number) for number in range(MAXIMUM_CHUNKS)]
    assert names == sorted(names)
    assert names[:2] == ["00000", "00001"]
