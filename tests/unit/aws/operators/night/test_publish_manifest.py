"""PublishManifest: the asset's event says what there is to learn; without a new line there is no event."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.operators.night.publish_manifest import PublishManifestOperator
from tests.support.fakes.task import context
from tests.support.night import NIGHT

ASSET = Asset("voc-reviewed")


def publish(night):
    operator = PublishManifestOperator(task_id="publish", night=NIGHT, asset=ASSET)
    assert operator.outlets == [ASSET]
    events = defaultdict(lambda: SimpleNamespace(extra=None))
    given = context(params={"night": night.folder}, outlet_events=events)
    operator.render_template_fields(given)
    return operator.execute(given), events


def test_the_event_carries_night_manifest_and_lines(night):
    night.lay(manifest=[{"a": 1}, {"a": 2}])
    result, events = publish(night)
    assert result == night.files.manifest
    assert {asset: event.extra for asset, event in events.items()} == {
        ASSET: {"night": "2026-11-22", "manifest": night.files.manifest, "lines": 2}
    }


def test_nothing_new_is_skipped_with_a_sentence(night):
    night.lay(manifest=[])
    with pytest.raises(AirflowSkipException, match="The night of 2026-11-22 has no newly reviewed image"):
        publish(night)


def test_a_missing_manifest_is_no_empty_one(night):
    with pytest.raises(NightIncompleteError, match=r"manifest.jsonl is not there"):
        publish(night)


def test_it_writes_nothing(s3, night):
    night.lay(manifest=[{"a": 1}])
    assert [publish(night)[0], publish(night)[0]] == [night.files.manifest] * 2
    assert s3.written() == []
