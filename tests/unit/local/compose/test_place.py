"""What the demo's containers read from docker-compose.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.compose.place import ComposePlace
from local.errors import SettingError
from tests.support import compose


def given() -> dict[str, str]:
    written = compose.plain()["services"]["demo-night"]["environment"]
    return {name: f"{name.lower()}/" for name in written}


def test_every_variable_it_reads_is_given_by_the_compose_file():
    place = ComposePlace.from_environment(given())
    assert place.settings.airflow_url == "demo_airflow_url"
    assert place.settings.portal_url == "demo_review_page_url/portal/"
    assert place.settings.loops == Path("nightloop_loops")
    assert place.secrets.reviewer_password == "reviewer_password"


@pytest.mark.parametrize("name", ["DEMO_AWS_URL", "NIGHTLOOP_REVIEW_EVENT_QUEUE_URL", "REVIEWER_PASSWORD"])
def test_a_missing_one_is_named(name):
    with pytest.raises(SettingError, match=f"{name} is not set"):
        ComposePlace.from_environment({**given(), name: ""})
