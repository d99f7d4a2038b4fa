from __future__ import annotations

import pytest

from tests.support.manifests import DEPLOY, build, of_kind

REVIEW = DEPLOY / "review"


@pytest.fixture(scope="session", params=["base", "example"])
def objects(request):
    """What a folder of the review service sends to a cluster."""
    return build(REVIEW / request.param)


@pytest.fixture(scope="session")
def example():
    return build(REVIEW / "example")


@pytest.fixture(scope="session")
def base():
    return build(REVIEW / "base")


@pytest.fixture
def deployment(objects):
    (one,) = of_kind(objects, "Deployment")
    return one


@pytest.fixture
def job(objects):
    (one,) = of_kind(objects, "Job")
    return one
