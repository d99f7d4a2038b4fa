import json
from pathlib import Path

import pytest

from services.sagemaker.config.settings import Settings
from services.sagemaker.errors import SettingsError

README = Path(__file__).parents[5] / "services/sagemaker/README.md"
COMPLETE = {
    "NIGHTLOOP_SAGEMAKER_STATE": "/tmp/somewhere",
    "NIGHTLOOP_SAGEMAKER_ACCESS_KEYS": json.dumps({"nightloop": "secret"}),
    "NIGHTLOOP_SAGEMAKER_IMAGES": json.dumps({"object-detection:1": ["python", "-m", "services.detector"]}),
}


@pytest.mark.parametrize("variable", Settings.variables())
def test_every_setting_is_documented(variable):
    assert f"`{variable.removeprefix('NIGHTLOOP_SAGEMAKER')}`" in README.read_text()


def test_defaults():
    settings = Settings.from_environment(COMPLETE)
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
        Settings.from_environment(COMPLETE | {variable: value})
