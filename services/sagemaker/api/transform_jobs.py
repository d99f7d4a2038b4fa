import time
from collections.abc import Mapping
from typing import Any

from services.awswire import Context
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.errors import (
    invalid,
    job_is_over,
    model_not_found,
    transform_job_exists,
    transform_job_not_found,
    unsupported,
)
from services.sagemaker.api.model_containers import running_container
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.errors import StorageError
from services.sagemaker.jobs import states
from services.sagemaker.jobs.transform_plan import MAX_TOTAL_MB
from services.sagemaker.jobs.transform_record import advance_row
from services.sagemaker.serving.serving_container import new_instance_id
from services.sagemaker.storage.tables import ModelRow, TransformJobRow

Document = dict[str, Any]

ECHOED = (
    "ModelName",
    "MaxConcurrentTransforms",
    "ModelClientConfig",
    "MaxPayloadInMB",
    "BatchStrategy",
    "Environment",
    "TransformInput",
    "TransformOutput",
    "TransformResources",
    "DataProcessing",
    "ExperimentConfig",
)
TRIVIAL_PROCESSING = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}


@control.implements("CreateTransformJob")
def create_transform_job(context: Context, request: Document) -> Document:
    """Record a transform job and run it in the background."""
    name = request["TransformJobName"]
    arn, now = arn_of(context, f"transform-job/{name.lower()}"), now_of(context)
    records.refuse_existing(context, TransformJobRow, name, transform_job_exists, arn)
    model = records.read(context, ModelRow, request["ModelName"], model_not_found)
    row = TransformJobRow(
        key=name.lower(),
        name=name,
        arn=arn,
        created=now,
        request=_complete(request),
        modified=now,
        status="InProgress",
        failure_reason=None,
        container=dict(running_container(model.request)),
        started=None,
        ended=None,
        log_stream=f"{name}/{new_instance_id()}-{int(now)}",
    )
    records.insert(context, row, request.get("Tags", []), transform_job_exists)
    service_of(context).transform.threads.launch(row.key)
    return {"TransformJobArn": arn}


def _complete(request: Mapping[str, Any]) -> Document:
    source = request["TransformInput"]["DataSource"]["S3DataSource"]
    split = request["TransformInput"].get("SplitType", "None")
    if source["S3DataType"] not in {"S3Prefix", "ManifestFile"}:
        raise invalid(
            f"S3DataType {source['S3DataType']} cannot be used for batch transform. Use S3Prefix or ManifestFile."
        )
    if split not in {"None", "Line"}:
        raise unsupported(f"SplitType {split}", "give None or Line.")
    if "DataCaptureConfig" in request:
        raise unsupported("DataCaptureConfig", "the inputs and outputs are already in S3.")
    for member, value in request.get("DataProcessing", {}).items():
        if value != TRIVIAL_PROCESSING[member]:
            raise unsupported(f"DataProcessing.{member}", "filter and join what the job writes.")
    total = request.get("MaxConcurrentTransforms", 1) * request.get("MaxPayloadInMB", 0)
    if request.get("MaxPayloadInMB", 0) > MAX_TOTAL_MB or total > MAX_TOTAL_MB:
        raise invalid(f"MaxConcurrentTransforms * MaxPayloadInMB must be at most {MAX_TOTAL_MB} MB, not {total} MB.")
    for uri in (source["S3Uri"], request["TransformOutput"]["S3OutputPath"]):
        try:
            S3Uri.parse(uri)
        except StorageError as error:
            raise invalid(str(error)) from error
    complete = {key: value for key, value in request.items() if key != "Tags"}
    complete["TransformInput"] = {"CompressionType": "None", "SplitType": "None"} | request["TransformInput"]
    complete["TransformOutput"] = {"AssembleWith": "None", "KmsKeyId": ""} | request["TransformOutput"]
    return complete


@control.implements("DescribeTransformJob")
def describe_transform_job(context: Context, request: Document) -> Document:
    """Describe a transform job."""
    row = records.read(context, TransformJobRow, request["TransformJobName"], transform_job_not_found)
    described = {member: row.request[member] for member in ECHOED if member in row.request}
    return described | {
        "TransformJobName": row.name,
        "TransformJobArn": row.arn,
        "TransformJobStatus": row.status,
        "FailureReason": row.failure_reason,
        "CreationTime": moment(row.created),
        "TransformStartTime": moment(row.started) if row.started else None,
        "TransformEndTime": moment(row.ended) if row.ended else None,
    }


@control.implements("ListTransformJobs")
def list_transform_jobs(context: Context, request: Document) -> Document:
    """List transform jobs, newest first."""
    page = records.list_rows(context, TransformJobRow, request, "Descending")
    summaries = [
        {
            "TransformJobName": row.name,
            "TransformJobArn": row.arn,
            "CreationTime": moment(row.created),
            "TransformEndTime": moment(row.ended) if row.ended else None,
            "LastModifiedTime": moment(row.modified),
            "TransformJobStatus": row.status,
            "FailureReason": row.failure_reason,
        }
        for row in page.rows
    ]
    return {"TransformJobSummaries": summaries, "NextToken": page.next_token}


@control.implements("StopTransformJob")
def stop_transform_job(context: Context, request: Document) -> Document:
    """Record a job as Stopping and end it; a job that is already stopping is left alone."""
    name = request["TransformJobName"]
    with service_of(context).database.write() as session:
        row = session.get(TransformJobRow, name.lower())
        if row is None:
            raise invalid(f"Could not find job to update with name: {name}")
        if row.status in states.TERMINAL:
            raise job_is_over("transform", row.status)
        if row.status == "InProgress":
            advance_row(row, "stop", time.time())
    service_of(context).transform.threads.stop_job(row.key)
    return {}
