"""What every service's settings have in common."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.aws.config.settings import Settings as AwsSettings
from services.review.config.settings import Settings as ReviewSettings
from services.sagemaker.config.settings import Settings as SageMakerSettings
from services.settings import Address, Port, Seconds, ServiceSettings


class WrongError(Exception):
    pass


class Example(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="EXAMPLE_")
    error: ClassVar = WrongError

    folder: str = Field(description="the folder of everything")
    port: Port = Field(80, description="the port")
    password: Seconds = Field(1.0, repr=False, description="a secret that happens to be a number")
    pause: Seconds = Field(1.5, description="how long to wait")
    address: Address = Field("", description="somebody else")
    count: int = Field(2, ge=1, le=3, description="how many")


def wrong(**texts: str) -> list[str]:
    with pytest.raises(WrongError) as error:
        Example.from_environment({f"EXAMPLE_{name}": text for name, text in texts.items()})
    return str(error.value).splitlines()


def test_every_wrong_variable_is_named_with_its_value_and_what_it_must_be():
    assert wrong(PORT="80.5", PAUSE="soon", ADDRESS="localhost:80", FOLDER="") == [
        "EXAMPLE_FOLDER is not set: give the folder of everything",
        "EXAMPLE_PORT='80.5' must be a whole number from 0 (any free port) to 65535",
        "EXAMPLE_PAUSE='soon' must be a number",
        "EXAMPLE_ADDRESS='localhost:80' must be a URL, as http://localhost:8092",
    ]


@pytest.mark.parametrize(
    ("text", "said"), [("x", "a whole number"), ("1.5", "a whole number"), ("0", "at least 1"), ("4", "at most 3")]
)
def test_a_number_out_of_range_is_told_its_range(text, said):
    assert wrong(FOLDER="x", COUNT=text) == [f"EXAMPLE_COUNT={text!r} must be {said}"]


def test_the_value_of_a_secret_is_in_no_text():
    assert wrong(FOLDER="x", PASSWORD="hidden") == ["EXAMPLE_PASSWORD must be a number"]
    settings = Example.from_environment({"EXAMPLE_FOLDER": "x", "EXAMPLE_PASSWORD": "1234.5"})
    assert "1234.5" not in repr(settings)
    with pytest.raises(WrongError) as error:
        Example.from_environment({"EXAMPLE_PASSWORD": "hidden"})
    assert "hidden" not in str(error.value.__cause__)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", ""])
def test_seconds_are_positive_and_finite(text):
    if text:
        assert len(wrong(FOLDER="x", PAUSE=text)) == 1
    else:
        assert Example.from_environment({"EXAMPLE_FOLDER": "x", "EXAMPLE_PAUSE": text}).pause == 1.5


def test_only_what_is_passed_counts(monkeypatch, tmp_path):
    monkeypatch.setenv("EXAMPLE_FOLDER", "of the process")
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("EXAMPLE_FOLDER=of a file\n")
    assert wrong() == ["EXAMPLE_FOLDER is not set: give the folder of everything"]


def test_settings_do_not_change():
    settings = Example.from_environment({"EXAMPLE_FOLDER": "x", "EXAMPLE_ADDRESS": "http://there"})
    assert settings.address == "http://there"
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 81


@pytest.mark.parametrize("settings", [AwsSettings, ReviewSettings, SageMakerSettings])
def test_every_setting_says_what_it_is_for(settings):
    assert [name for name, field in settings.variables().items() if not field.description] == []
