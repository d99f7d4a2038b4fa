"""The SageMaker in memory refuses what SageMaker refuses, in its words, and forgets nothing in between."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.support.fakes.sagemaker import FakeSageMaker
from tests.support.one_loop import SERVING, TRAINING


@pytest.fixture
def sagemaker():
    made = FakeSageMaker()
    for number in (1, 2):
        made.create_model(ModelName=f"m{number}", ExecutionRoleArn=SERVING.role_arn)
        variant = {"VariantName": "AllTraffic", "ModelName": f"m{number}", "InitialInstanceCount": number}
        made.create_endpoint_config(EndpointConfigName=f"c{number}", ProductionVariants=[variant])
    return made


def refused(call, **request):
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_update_shows_the_old_configuration_until_it_took(sagemaker):
    sagemaker.serve("live", "c1")
    sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="c2")
    shown = sagemaker.describe_endpoint(EndpointName="live")
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("Updating", "c1")
    assert shown["PendingDeploymentSummary"]["EndpointConfigName"] == "c2"
    for call, more in ((sagemaker.update_endpoint, {"EndpointConfigName": "c1"}), (sagemaker.delete_endpoint, {})):
        code, message = refused(call, EndpointName="live", **more)
        assert (code, message) == (
            "ValidationException",
            'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:123456789012:endpoint/live".',
        )
    sagemaker.settle("live")
    shown = sagemaker.describe_endpoint(EndpointName="live")
    assert (shown["EndpointConfigName"], shown["ProductionVariants"][0]["DesiredInstanceCount"]) == ("c2", 2)
    assert "PendingDeploymentSummary" not in shown


def test_a_silent_roll_back_is_in_service_with_the_old_configuration_and_a_reason(sagemaker):
    sagemaker.serve("live", "c1")
    sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="c2")
    sagemaker.settle("live", took=False, reason="alarm")
    shown = sagemaker.describe_endpoint(EndpointName="live")
    told = [shown[key] for key in ("EndpointStatus", "EndpointConfigName", "FailureReason")]
    assert told == ["InService", "c1", "alarm"]
    sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="c2")
    assert "FailureReason" not in sagemaker.describe_endpoint(EndpointName="live")


def test_an_update_needs_the_configuration_it_comes_from(sagemaker):
    sagemaker.serve("live", "c1")
    sagemaker.delete_endpoint_config(EndpointConfigName="c1")
    _, message = refused(sagemaker.update_endpoint, EndpointName="live", EndpointConfigName="c2")
    assert message.startswith("Could not find endpoint configuration ")


@pytest.mark.parametrize(("excluded", "machines"), [([], 5), (["DesiredInstanceCount"], 2)])
def test_what_is_retained_of_a_variant(sagemaker, excluded, machines):
    sagemaker.serve("live", "c1")
    sagemaker.scale("live", 5)
    sagemaker.update_endpoint(
        EndpointName="live",
        EndpointConfigName="c2",
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": kind} for kind in excluded],
    )
    sagemaker.settle("live")
    assert sagemaker.endpoints["live"]["ProductionVariants"][0]["DesiredInstanceCount"] == machines


def test_names_are_used_once_and_what_is_missing_is_named_as_sagemaker_does(sagemaker):
    job = TRAINING.request(name="j", train="s3://b/t", validation="s3://b/v", lines=[], label_width=350, parent=None)
    assert refused(sagemaker.describe_training_job, TrainingJobName="j") == (
        "ValidationException",
        "Requested resource not found.",
    )
    sagemaker.create_training_job(**job)
    assert refused(sagemaker.create_training_job, **job)[0] == "ResourceInUse"
    sagemaker.end("j", "Failed")
    assert refused(sagemaker.stop_training_job, TrainingJobName="j")[1].endswith("job is in status Failed")
    assert refused(sagemaker.create_model, ModelName="m1", ExecutionRoleArn=SERVING.role_arn)[1].startswith(
        "Cannot create already existing model"
    )


def test_a_request_that_is_none_of_the_operation_s_is_not_sent(sagemaker):
    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        sagemaker.describe_model(Name="m1")
    assert "describe_model" not in [operation for operation, _ in sagemaker.calls]


def test_what_was_described_stays_as_it_was(sagemaker):
    sagemaker.serve("live", "c1")
    shown = sagemaker.describe_endpoint(EndpointName="live")
    sagemaker.scale("live", 9)
    assert shown["ProductionVariants"][0]["DesiredInstanceCount"] == 1


def test_versions_have_no_tags_and_a_token_makes_one(sagemaker):
    sagemaker.create_model_package_group(ModelPackageGroupName="g")
    version = {"ModelPackageGroupName": "g", "ClientToken": "t" * 36}
    assert sagemaker.create_model_package(**version) == sagemaker.create_model_package(**version)
    _, message = refused(sagemaker.create_model_package, **version, Tags=[{"Key": "k", "Value": "v"}])
    assert message.startswith("Tags are not supported in Model Package versions.")
    assert refused(sagemaker.delete_model_package_group, ModelPackageGroupName="g")[0] == "ConflictException"
