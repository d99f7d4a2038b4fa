import json
from dataclasses import fields
from pathlib import Path

import pytest

from services.sagemaker.config.settings import Settings, read_settings
from services.sagemaker.errors import SettingsError

README = Path(__file__).parents[5] / "services/sagemaker/README.md"
COMPLETE = {
    "NIGHTLOOP_SAGEMAKER_STATE": "/tmp/somewhere",
    "NIGHTLOOP_SAGEMAKER_ACCESS_KEYS": json.dumps({"nightloop": "secret"}),
    "NIGHTLOOP_SAGEMAKER_IMAGES": json.dumps({"object-detection:1": ["python", "-m", "services.detector"]}),
}


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda entry: entry.name)
def test_every_setting_is_documented(setting):
    assert f"`{setting.metadata['env'].removeprefix('NIGHTLOOP_SAGEMAKER')}`" in README.read_text()


def test_defaults():
    settings = read_settings(COMPLETE)
    assert (settings.host, settings.port, settings.region, settings.account) == (
        "127.0.0.1",
        8091,
        "us-east-1",
        "123456789012",
    )
    assert settings.images["object-detection:1"] == ("python", "-m", "services.detector")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STATE", ""),
        ("ACCESS_KEYS", ""),
        ("ACCESS_KEYS", "{}"),
        ("ACCESS_KEYS", "[1]"),
        ("IMAGES", "not json"),
        ("IMAGES", '{"a:1": "python"}'),
        ("PORT", "eighty"),
        ("PING_GRACE_SECONDS", "-1"),
        ("PING_GRACE_SECONDS", "nan"),
    ],
)
def test_a_bad_setting_is_named(name, value):
    variable = f"NIGHTLOOP_SAGEMAKER_{name}"
    with pytest.raises(SettingsError, match=variable):
        read_settings(COMPLETE | {variable: value})
