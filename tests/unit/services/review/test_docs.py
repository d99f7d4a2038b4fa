"""The page on the service knows every setting."""

from dataclasses import fields
from pathlib import Path

import pytest

from services.review.config.settings import Settings

PAGE = (Path(__file__).parents[4] / "docs" / "review-service.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_every_setting_is_in_the_table(setting):
    row = next((line for line in PAGE.splitlines() if line.startswith(f"| `{setting.metadata['env']}` |")), "")
    assert setting.metadata["about"] in row
