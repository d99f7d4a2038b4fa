import json

import pytest

from services.aws.config.settings import Settings as AwsSettings
from services.aws.errors import SettingsError as AwsSettingsError
from services.faults.guard import refusal
from services.review.config.settings import Settings as ReviewSettings
from services.review.errors import SettingsError as ReviewSettingsError
from services.sagemaker.config.settings import Settings as SageMakerSettings
from services.sagemaker.errors import SettingsError as SageMakerSettingsError

TOKEN = "a-token-of-the-tests"
SAGEMAKER = {
    "NIGHTLOOP_SAGEMAKER_STATE": "state",
    "NIGHTLOOP_SAGEMAKER_ACCESS_KEYS": json.dumps({"key": "secret"}),
    "NIGHTLOOP_SAGEMAKER_IMAGES": "{}",
    "NIGHTLOOP_SAGEMAKER_FAULTS_TOKEN": TOKEN,
}
AWS = {"NIGHTLOOP_AWS_STATE": "state", "NIGHTLOOP_AWS_FAULTS_TOKEN": TOKEN}
REVIEW = {"NIGHTLOOP_REVIEW_FAULTS_TOKEN": TOKEN}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost"])
def test_on_loopback_faults_may_be_ordered(host):
    assert refusal(TOKEN, host) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "review.example.com", ""])
def test_elsewhere_they_may_not(host):
    assert "must be on loopback" in str(refusal(TOKEN, "127.0.0.1", host))


def test_a_short_token_is_refused_and_none_leaves_faults_off():
    assert "at least 16" in str(refusal("short", "127.0.0.1"))
    assert refusal("", "0.0.0.0") is None


def test_no_service_starts_with_faults_where_others_reach_it():
    with pytest.raises(AwsSettingsError, match=r"NIGHTLOOP_AWS_FAULTS_TOKEN is for tests .* not at .0\.0\.0\.0."):
        AwsSettings.from_environment(AWS | {"NIGHTLOOP_AWS_HOST": "0.0.0.0"})
    with pytest.raises(SageMakerSettingsError, match="NIGHTLOOP_SAGEMAKER_FAULTS_TOKEN is for tests"):
        SageMakerSettings.from_environment(SAGEMAKER | {"NIGHTLOOP_SAGEMAKER_HOST": "0.0.0.0"})
    with pytest.raises(ReviewSettingsError, match="NIGHTLOOP_REVIEW_FAULTS_TOKEN is for tests"):
        ReviewSettings.from_environment(REVIEW | {"NIGHTLOOP_REVIEW_HOST": "0.0.0.0"})
    with pytest.raises(ReviewSettingsError, match=r"not at .review\.example\.com."):
        ReviewSettings.from_environment(REVIEW | {"NIGHTLOOP_REVIEW_PUBLIC_URL": "https://review.example.com"})


@pytest.mark.parametrize(
    ("settings", "environment"), [(AwsSettings, AWS), (SageMakerSettings, SAGEMAKER), (ReviewSettings, REVIEW)]
)
def test_a_token_is_in_no_settings_text(settings, environment):
    assert TOKEN not in repr(settings.from_environment(environment))
