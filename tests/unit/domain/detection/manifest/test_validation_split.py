"""Which lines a training job validates on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightloop.domain.detection.manifest.validation_split import split_validation


def lines(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"source-ref": f"s3://b/{number}.jpg"} for number in range(start, start + count)]


def names(part: tuple[dict[str, Any], ...]) -> set[str]:
    return {line["source-ref"] for line in part}


@settings(derandomize=True, max_examples=100)
@given(count=st.integers(2, 60), start=st.integers(0, 1000), share=st.floats(0.01, 0.5))
def test_every_line_is_on_one_side_and_no_side_is_empty(count: int, start: int, share: float) -> None:
    train, validation = split_validation(lines(count, start), share)
    assert train
    assert validation
    assert names(train) | names(validation) == names(tuple(lines(count, start)))
    assert not names(train) & names(validation)


def test_share_is_what_was_asked_for() -> None:
    _, validation = split_validation(lines(5000), 0.1)
    assert len(validation) == pytest.approx(500, abs=60)


def test_image_stays_on_its_side_while_the_cohort_grows() -> None:
    _, few = split_validation(lines(200), 0.1)
    _, many = split_validation(lines(2000), 0.1)
    assert names(few) == names(many) & names(tuple(lines(200)))


def test_order_is_kept() -> None:
    train, _ = split_validation(lines(50), 0.2)
    assert list(train) == [line for line in lines(50) if line in train]


def test_single_line_serves_for_both() -> None:
    only = lines(1)
    assert split_validation(only, 0.1) == (tuple(only), tuple(only))
