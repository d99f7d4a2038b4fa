"""The model registry: groups, versions, approval, SageMaker's own wording."""

import json

import pytest

from .conftest import BUCKET, IMAGE, ROLE
from .test_resources import ARN, refused


@pytest.fixture
def group(sagemaker, store, request):
    store.put_object(Bucket=BUCKET, Key="models/packaged/model.tar.gz", Body=b"")
    name = request.node.name.replace("_", "-")[:60]
    sagemaker.client.create_model_package_group(
        ModelPackageGroupName=name, ModelPackageGroupDescription="ours", Tags=[{"Key": "loop", "Value": "voc"}]
    )
    return name


def register(sagemaker, group, **changes):
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/packaged/model.tar.gz"}
    request = {
        "ModelPackageGroupName": group,
        "InferenceSpecification": {"Containers": [container], "SupportedContentTypes": ["image/jpeg"]},
    }
    return sagemaker.client.create_model_package(**request | changes)["ModelPackageArn"]


def test_a_group_is_described_as_sagemaker_does(sagemaker, group):
    client = sagemaker.client
    described = client.describe_model_package_group(ModelPackageGroupName=group)
    assert described["ModelPackageGroupArn"] == f"{ARN}:model-package-group/{group}"
    assert (described["ModelPackageGroupStatus"], described["ModelPackageGroupDescription"]) == ("Completed", "ours")
    assert client.list_tags(ResourceArn=described["ModelPackageGroupArn"])["Tags"] == [{"Key": "loop", "Value": "voc"}]
    listed = client.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"]
    assert [entry["ModelPackageGroupName"] for entry in listed] == [group]
    by_arn = client.describe_model_package_group(ModelPackageGroupName=described["ModelPackageGroupArn"])
    assert by_arn["ModelPackageGroupName"] == group


def test_group_errors(sagemaker, group):
    client = sagemaker.client
    taken = refused(client.create_model_package_group, ModelPackageGroupName=group)
    assert taken.startswith("ValidationException: Model Package Group already exists")
    missing = f"ValidationException: ModelPackageGroup {ARN}:model-package-group/nobody does not exist."
    assert refused(client.describe_model_package_group, ModelPackageGroupName="nobody") == missing
    assert refused(client.delete_model_package_group, ModelPackageGroupName="nobody") == missing
    package = register(sagemaker, group)
    kept = refused(client.delete_model_package_group, ModelPackageGroupName=group)
    assert kept.startswith("ConflictException: Model Package Group")
    assert "still contains Model Packages" in kept
    client.delete_model_package(ModelPackageName=package)
    client.delete_model_package_group(ModelPackageGroupName=group)
    assert refused(client.describe_model_package_group, ModelPackageGroupName=group).endswith("does not exist.")


def test_versions_count_up_and_a_deleted_number_is_not_used_again(sagemaker, group):
    client = sagemaker.client
    first, second = register(sagemaker, group), register(sagemaker, group)
    assert [first, second] == [f"{ARN}:model-package/{group}/{number}" for number in (1, 2)]
    client.delete_model_package(ModelPackageName=second)
    assert refused(client.describe_model_package, ModelPackageName=second) == (
        f"ValidationException: ModelPackage {second} does not exist."
    )
    assert register(sagemaker, group).endswith("/3")
    for _ in range(9):
        register(sagemaker, group)
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    versions = [entry["ModelPackageVersion"] for page in pages for entry in page["ModelPackageSummaryList"]]
    assert versions == [1, *range(3, 13)]
    newest = client.list_model_packages(
        ModelPackageGroupName=group, SortBy="Name", SortOrder="Descending", MaxResults=1
    )
    assert newest["ModelPackageSummaryList"][0]["ModelPackageVersion"] == 12
    assert "ModelPackageName" not in newest["ModelPackageSummaryList"][0]


def test_metrics_metadata_and_approval(sagemaker, group):
    client = sagemaker.client
    quality = {"Statistics": {"ContentType": "application/json", "S3Uri": f"s3://{BUCKET}/evaluation.json"}}
    arn = register(
        sagemaker,
        group,
        ModelMetrics={"ModelQuality": quality},
        CustomerMetadataProperties={"cohort": "0123", "parent": "voc-model-1", "gate": f"s3://{BUCKET}/gate.json"},
        ModelPackageDescription="from night 1",
    )
    described = client.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "PendingManualApproval"
    assert described["ModelPackageStatus"] == "Completed"
    assert described["ModelMetrics"]["ModelQuality"] == quality
    assert described["CustomerMetadataProperties"]["parent"] == "voc-model-1"
    assert described["InferenceSpecification"]["Containers"][0]["Image"] == IMAGE

    client.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="better",
        CustomerMetadataProperties={"by": "gate"},
        CustomerMetadataPropertiesToRemove=["cohort"],
    )
    after = client.describe_model_package(ModelPackageName=arn)
    assert (after["ModelApprovalStatus"], after["ApprovalDescription"]) == ("Approved", "better")
    assert set(after["CustomerMetadataProperties"]) == {"parent", "gate", "by"}
    register(sagemaker, group, ModelApprovalStatus="Rejected")
    for status, version in (("Approved", 1), ("Rejected", 2)):
        listed = client.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus=status)
        assert [entry["ModelPackageVersion"] for entry in listed["ModelPackageSummaryList"]] == [version]


def test_a_client_token_registers_once(sagemaker, group):
    token = "a" * 36
    assert register(sagemaker, group, ClientToken=token) == register(sagemaker, group, ClientToken=token)
    assert register(sagemaker, group).endswith("/2")
    written = [json.loads(line) for line in sagemaker.history.read_text().splitlines()]
    versions = [(line["name"], line["effect"]) for line in written if line["operation"] == "CreateModelPackage"]
    assert [version for version in versions if version[0].startswith(group)] == [
        (f"{group}/1", "created"),
        (f"{group}/1", "adopted"),
        (f"{group}/2", "created"),
    ]


def test_package_errors(sagemaker, group):
    client = sagemaker.client
    create = client.create_model_package
    both = refused(create, ModelPackageName="x", ModelPackageGroupName=group)
    assert both.startswith("ValidationException: Both ModelPackageName and ModelPackageGroupName are provided")
    assert refused(create, ModelPackageDescription="x") == "ValidationException: Missing ARN."
    assert "inferenceSpecification" in refused(create, ModelPackageGroupName=group)
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/packaged/model.tar.gz"}
    whole = {"InferenceSpecification": {"Containers": [container], "SupportedContentTypes": ["image/jpeg"]}}
    no_group = refused(create, ModelPackageGroupName="nobody", **whole)
    assert no_group == "ValidationException: Model Package Group does not exist."
    tags = refused(create, ModelPackageGroupName=group, Tags=[{"Key": "a", "Value": "b"}], **whole)
    assert tags.startswith("ValidationException: Tags are not supported in Model Package versions")
    arn = register(sagemaker, group)
    assert "Tags are not supported" in refused(client.add_tags, ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    absent = container | {"ModelDataUrl": f"s3://{BUCKET}/none/model.tar.gz"}
    whole["InferenceSpecification"]["Containers"] = [absent]
    assert "Could not find model data" in refused(create, ModelPackageGroupName=group, **whole)


def test_a_model_is_made_of_a_package(sagemaker, group, store):
    client = sagemaker.client
    sagemaker.model("packaged-twin", store, greeting="of the package")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/packaged-twin/model.tar.gz"}
    specification = {"Containers": [container | {"Environment": {"A": "1", "B": "1"}}]}
    package = register(sagemaker, group, InferenceSpecification=specification)
    make = {"ModelName": f"of-{group}"[:60], "ExecutionRoleArn": ROLE}
    primary = {"ModelPackageName": package, "Environment": {"B": "2"}}
    pending = refused(client.create_model, PrimaryContainer=primary, **make)
    assert pending.startswith(f"ValidationException: ModelPackage {package} is PendingManualApproval.")
    client.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    doubled = refused(client.create_model, PrimaryContainer=primary | {"Image": IMAGE}, **make)
    assert "Image cannot be given together with ModelPackageName" in doubled
    missing = {"ModelPackageName": package[:-1] + "9"}
    assert refused(client.create_model, PrimaryContainer=missing, **make).endswith("does not exist.")
    client.create_model(Containers=[primary], **make)
    assert client.describe_model(ModelName=make["ModelName"])["Containers"] == [primary]

    client.delete_model_package(ModelPackageName=package)
    endpoint = sagemaker.endpoint("of-a-package", sagemaker.config("of-a-package", make["ModelName"]))
    assert sagemaker.invoke(endpoint)["version"] == "packaged-twin", "a model keeps what its package said"
