"""`RegistryHook`: versions come in pages, newest first, and a loop without any has none."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import ThrottledError
from nightloop.aws.hooks.registry import RegistryHook
from tests.support.fakes.client import THROTTLED
from tests.support.one_loop import make_model, register


@pytest.fixture
def registry(sagemaker):
    sagemaker.page_size = 2
    return RegistryHook()


@pytest.fixture
def arns(s3, sagemaker):
    statuses = ["Approved", "Rejected", "Approved", "PendingManualApproval", "Approved"]
    return [
        register(sagemaker, make_model(sagemaker, s3, f"m{n}"), status) for n, status in enumerate(statuses, start=1)
    ]


def test_versions_are_listed_newest_first(registry, arns):
    assert [version.number for version in registry.versions("voc")] == [5, 4, 3, 2, 1]
    assert [version.number for version in registry.versions("voc", status="Approved")] == [5, 3, 1]
    since = registry.describe(arns[2]).created
    assert [version.number for version in registry.versions("voc", since)] == [5, 4]


def test_a_loop_without_a_group_has_none_and_other_failures_are_told(registry, sagemaker):
    assert list(registry.versions("voc")) == []
    sagemaker.fail("list_model_packages", THROTTLED)
    with pytest.raises(ThrottledError):
        registry.versions("voc")


def test_a_status_keeps_what_is_known_of_a_version(registry, sagemaker, arns):
    registry.set_status(arns[0], "Rejected", "w" * 2000, "superseded")
    version = registry.describe(arns[0])
    assert (version.status, version.why, version.outcome) == ("Rejected", "w" * 1024, "superseded")
    assert (version.model, version.training_job) == ("m1", "voc-train-m1")


def test_all_go_with_their_group(registry, sagemaker, arns):
    sagemaker.create_model_package_group(ModelPackageGroupName="voc-2-models")
    assert registry.delete_all("voc") == 5
    assert list(sagemaker.groups) == ["voc-2-models"]
    assert sagemaker.packages == {}
    assert registry.delete_all("voc") == 0
