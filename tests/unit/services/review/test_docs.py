"""The page on the service knows every setting."""

from pathlib import Path

import pytest

from services.review.config.settings import Settings

PAGE = (Path(__file__).parents[4] / "docs" / "review-service.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", Settings.variables())
def test_every_setting_is_in_the_table(variable):
    row = next((line for line in PAGE.splitlines() if line.startswith(f"| `{variable}` |")), "")
    assert Settings.variables()[variable].description in row
