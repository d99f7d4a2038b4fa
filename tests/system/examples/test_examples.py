"""Every example DAG run for real, in an Airflow of its own, against the services."""

from __future__ import annotations

import sys

import pytest

from tests.integration.aws.stack import ROOT
from tests.system.examples.outcomes import REVIEWS, SERVING, check_reviews
from tests.system.examples.running import EXAMPLES, Airflow, services, settings_of


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with services(tmp_path_factory.mktemp("services")) as stack:
        yield stack


@pytest.fixture(scope="module")
def printed(stack, tmp_path_factory):
    """Run all examples; give what each printed."""
    settings = settings_of(stack) | {"PYTHONPATH": str(ROOT / "plugins")}
    return Airflow(sys.executable, tmp_path_factory.mktemp("airflow"), ROOT / "plugins", settings).run_examples(
        EXAMPLES
    )


@pytest.mark.parametrize("name", REVIEWS)
def test_example_of_reviews(printed, stack, name):
    check_reviews(printed, stack, name)


@pytest.mark.parametrize("name", SERVING)
def test_example_of_jobs_and_endpoints(printed, stack, name):
    SERVING[name](printed, stack)


def test_every_example_is_run():
    assert {*REVIEWS, *SERVING} == set(EXAMPLES)
