"""The tables of docs/explanation/scaling.md are what tools/scaling.py reckons, and more images never cost less."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tools.scaling import NIGHTS, Assumed, Night, tables

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "scaling.md"


@pytest.mark.parametrize("number", range(4))
def test_the_page_holds_the_tables(number: int) -> None:
    table = list(tables())[number]
    assert table in PAGE.read_text(encoding="utf-8"), f"write what `python -m tools.scaling` prints:\n{table}"


def test_the_page_says_what_is_assumed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assumed = Assumed()
    for value in (assumed.model_seconds, assumed.price, assumed.reads_price, assumed.writes_price):
        assert re.search(rf"\b{re.escape(f'{value:g}')}\b", text), value


def test_more_images_take_more() -> None:
    nights = [Night(images) for images in NIGHTS]
    for one, other in pairwise(nights):
        for name in ("chunks", "machines", "machine_hours", "reviews"):
            assert getattr(one, name) <= getattr(other, name)
    assert all(night.scoring_hours <= night.assumed.hours for night in nights)
    assert nights[-1].chunks < 1024
