"""The page on settings reads pydantic's settings models."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.reference.settings import rows


class Sample(BaseSettings):
    """A service's settings."""

    model_config = SettingsConfigDict(env_prefix="NIGHTLOOP_SAMPLE_")

    state: Path = Field(description="the folder of the database")
    port: int = Field(default=8092, description="the port to listen on")
    queue_url: str = Field(default="", description="the SQS queue that gets the events")
    is_open: bool = Field(default=False, description="whether passwords are used")
    token: str = Field(default="", repr=False, description="opens /metrics")
    region: str = Field(default="us-east-1", validation_alias="AWS_REGION", description="in every ARN")


def test_each_field_is_a_variable_with_its_default_and_meaning() -> None:
    assert list(rows(Sample)) == [
        ("`NIGHTLOOP_SAMPLE_STATE`", "required", "the folder of the database"),
        ("`NIGHTLOOP_SAMPLE_PORT`", "`8092`", "the port to listen on"),
        ("`NIGHTLOOP_SAMPLE_QUEUE_URL`", "", "the SQS queue that gets the events"),
        ("`NIGHTLOOP_SAMPLE_IS_OPEN`", "`false`", "whether passwords are used"),
        ("`NIGHTLOOP_SAMPLE_TOKEN`", "", "opens /metrics (secret)"),
        ("`AWS_REGION`", "`us-east-1`", "in every ARN"),
    ]
