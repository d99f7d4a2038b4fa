"""Models, endpoint configurations, tags, lists: their rules and SageMaker's own wording."""

import pytest
from botocore.exceptions import ClientError

from .conftest import BUCKET, IMAGE, REPOSITORY, ROLE

ARN = "arn:aws:sagemaker:us-east-1:123456789012"


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return f"{response['Error']['Code']}: {response['Error']['Message']}"


def test_a_model_is_described_as_sagemaker_does(sagemaker, store):
    sagemaker.model("Described-Model", store)
    model = sagemaker.client.describe_model(ModelName="described-model")
    uri = f"s3://{BUCKET}/models/Described-Model/model.tar.gz"

    assert model["ModelName"] == "Described-Model"
    assert model["ModelArn"] == f"{ARN}:model/described-model"
    assert model["ExecutionRoleArn"] == ROLE
    assert model["EnableNetworkIsolation"] is False
    assert model["PrimaryContainer"] == {
        "Image": IMAGE,
        "Mode": "SingleModel",
        "Environment": {},
        "ModelDataUrl": uri,
        "ModelDataSource": {"S3DataSource": {"S3Uri": uri, "S3DataType": "S3Object", "CompressionType": "Gzip"}},
    }


def test_model_errors(sagemaker, store):
    client = sagemaker.client
    sagemaker.model("taken", store)
    here = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/taken/model.tar.gz"}

    def create(name="fresh", **container):
        return refused(client.create_model, ModelName=name, PrimaryContainer=here | container, ExecutionRoleArn=ROLE)

    assert create("Taken") == f'ValidationException: Cannot create already existing model "{ARN}:model/taken".'
    absent = f"s3://{BUCKET}/none/model.tar.gz"
    assert create(ModelDataUrl=absent) == f"ValidationException: Could not find model data at {absent}."
    no_bucket = "s3://no-such-bucket/model.tar.gz"
    assert create(ModelDataUrl=no_bucket) == f"ValidationException: Could not find model data at {no_bucket}."
    unknown = f"{REPOSITORY}/other:1"
    assert create(Image=unknown) == f"ValidationException: Requested image {unknown} not found."
    assert create(Image=f"{REPOSITORY}/other") == f'ValidationException: ECR image "{REPOSITORY}/other" is invalid.'
    assert create(Image="docker.io/x:1") == (
        'ValidationException: Using non-ECR image "docker.io/x:1" without Vpc repository access mode is not supported.'
    )
    missing = f'ValidationException: Could not find model "{ARN}:model/nobody".'
    assert refused(client.describe_model, ModelName="Nobody") == missing
    assert refused(client.delete_model, ModelName="nobody") == missing
    assert "Member must satisfy regular expression pattern" in create("bad_name")
    assert "at 'executionRoleArn'" in refused(
        client.create_model, ModelName="fresh", PrimaryContainer=here, ExecutionRoleArn="arn:aws:iam::1:role/short"
    )
    assert "primaryContainer" in refused(client.create_model, ModelName="fresh", ExecutionRoleArn=ROLE)
    assert "not supported" in create(Mode="MultiModel")


def test_a_deleted_model_is_gone_and_its_name_free(sagemaker, store):
    sagemaker.model("passing", store)
    sagemaker.client.delete_model(ModelName="passing")
    refused(sagemaker.client.describe_model, ModelName="passing")
    sagemaker.model("passing", store)


def test_endpoint_config_errors_and_description(sagemaker, store):
    client = sagemaker.client
    sagemaker.model("for-config", store)
    sagemaker.config("Config-One", "for-config")
    described = client.describe_endpoint_config(EndpointConfigName="config-one")
    assert described["EndpointConfigName"] == "Config-One"
    assert described["EndpointConfigArn"] == f"{ARN}:endpoint-config/config-one"
    assert described["ProductionVariants"][0]["InitialVariantWeight"] == 1.0

    variant = {"VariantName": "v", "ModelName": "for-config", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}

    def create(*variants, name="config-two", **more):
        return refused(
            client.create_endpoint_config, EndpointConfigName=name, ProductionVariants=list(variants), **more
        )

    exists = f'Cannot create already existing endpoint configuration "{ARN}:endpoint-config/config-one".'
    assert create(variant, name="CONFIG-ONE") == f"ValidationException: {exists}"
    unknown = variant | {"ModelName": "nobody"}
    assert create(unknown) == f'ValidationException: Could not find model "{ARN}:model/nobody".'
    assert "unique" in create(variant, variant)
    assert "productionVariants.1.member.instanceType" in create(variant | {"InstanceType": "ml.fast"})
    assert create(variant | {"ManagedInstanceScaling": {"Status": "ENABLED"}}).endswith(
        "ManagedInstanceScaling is only supported for inference component endpoints."
    )
    capture = {
        "InitialSamplingPercentage": 1,
        "DestinationS3Uri": "s3://loop/c",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    assert "DataCaptureConfig is not supported" in create(variant, DataCaptureConfig=capture)
    missing = f'ValidationException: Could not find endpoint configuration "{ARN}:endpoint-config/nobody".'
    assert refused(client.describe_endpoint_config, EndpointConfigName="nobody") == missing
    assert refused(client.delete_endpoint_config, EndpointConfigName="nobody") == missing


def test_lists_page_sort_and_filter(sagemaker, store):
    client = sagemaker.client
    sagemaker.model("page-seed", store)
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/page-seed/model.tar.gz"}
    names = [f"page-{number:02}" for number in range(25)]
    for name in names:
        client.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)

    def listed(**arguments):
        pages = list(client.get_paginator("list_models").paginate(NameContains="PAGE-", **arguments))
        assert "NextToken" not in pages[-1]
        return [model["ModelName"] for page in pages for model in page["Models"]], len(pages)

    newest_first, pages = listed()
    assert newest_first == [*reversed(names), "page-seed"]
    assert pages == 3
    assert listed(SortBy="Name", SortOrder="Ascending")[0] == [*names, "page-seed"]
    assert listed(PaginationConfig={"PageSize": 7})[1] == 4
    moment = client.describe_model(ModelName="page-20")["CreationTime"]
    assert listed(CreationTimeAfter=moment)[0] == names[:20:-1]
    assert "at 'maxResults' failed to satisfy constraint" in refused(client.list_models, MaxResults=101)


def test_a_token_keeps_its_place_while_others_come_and_go(sagemaker, store):
    client = sagemaker.client
    for name in ("stable-1", "stable-2", "stable-3", "stable-4"):
        sagemaker.model(name, store)
    arguments = {"NameContains": "stable-", "MaxResults": 2, "SortBy": "Name", "SortOrder": "Ascending"}
    first = client.list_models(**arguments)
    client.delete_model(ModelName="stable-2")
    sagemaker.model("stable-0", store)
    second = client.list_models(**arguments, NextToken=first["NextToken"])

    assert [model["ModelName"] for model in second["Models"]] == ["stable-3", "stable-4"]
    assert "NextToken" not in second
    assert refused(client.list_models, NextToken="nonsense").startswith("ValidationException: Invalid NextToken")
    other_order = arguments | {"SortBy": "CreationTime"}
    assert "Invalid NextToken" in refused(client.list_models, **other_order, NextToken=first["NextToken"])


def test_tags(sagemaker, store):
    client = sagemaker.client
    store.put_object(Bucket=BUCKET, Key="models/tagged/model.tar.gz", Body=b"")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/tagged/model.tar.gz"}
    arn = client.create_model(
        ModelName="Tagged", PrimaryContainer=container, ExecutionRoleArn=ROLE, Tags=[{"Key": "team", "Value": "a"}]
    )["ModelArn"]
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]

    added = client.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}, {"Key": "cost", "Value": ""}])["Tags"]
    assert added == [{"Key": "cost", "Value": ""}, {"Key": "team", "Value": "b"}]
    client.delete_tags(ResourceArn=arn, TagKeys=["team", "never"])
    assert client.get_paginator("list_tags").paginate(ResourceArn=arn).build_full_result()["Tags"] == [
        {"Key": "cost", "Value": ""}
    ]
    many = [{"Key": f"key-{number}", "Value": "x"} for number in range(50)]
    assert "at most 50" in refused(client.add_tags, ResourceArn=arn, Tags=many)
    assert len(client.list_tags(ResourceArn=arn)["Tags"]) == 1
    assert "Could not find model" in refused(client.list_tags, ResourceArn=f"{ARN}:model/nobody")
    assert "Invalid resource type: workforce" in refused(client.list_tags, ResourceArn=f"{ARN}:workforce/default")

    client.delete_model(ModelName="tagged")
    client.create_model(ModelName="Tagged", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    assert client.list_tags(ResourceArn=arn)["Tags"] == []


def test_an_operation_that_is_not_there_says_so(sagemaker):
    with pytest.raises(ClientError, match="ListWorkteams is not implemented"):
        sagemaker.make_client("sagemaker", retries={"max_attempts": 0}).list_workteams()
