import time
from typing import Any

from services.awswire import Context, ServiceError
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.errors import job_is_over, training_job_exists, training_job_not_found
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.api.training_requests import complete_request
from services.sagemaker.jobs import states
from services.sagemaker.jobs.training import artifact_uri
from services.sagemaker.jobs.training_record import advance_row
from services.sagemaker.storage.tables import TrainingJobRow

Document = dict[str, Any]

ECHOED = (
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "OutputDataConfig",
    "ResourceConfig",
    "VpcConfig",
    "StoppingCondition",
    "DebugHookConfig",
    "DebugRuleConfigurations",
    "TensorBoardOutputConfig",
    "ExperimentConfig",
    "ProfilerConfig",
    "ProfilerRuleConfigurations",
    "Environment",
    "RetryStrategy",
    "RemoteDebugConfig",
    "InfraCheckConfig",
)
FLAGS = ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining")


@control.implements("CreateTrainingJob")
def create_training_job(context: Context, request: Document) -> Document:
    """Record a training job as Starting and run it in the background."""
    name = request["TrainingJobName"]
    arn, now = arn_of(context, f"training-job/{name.lower()}"), now_of(context)
    records.refuse_existing(context, TrainingJobRow, name, training_job_exists, arn)
    row = TrainingJobRow(
        key=name.lower(),
        name=name,
        arn=arn,
        created=now,
        request=complete_request(context, request),
        modified=now,
        status="InProgress",
        secondary_status="Starting",
        failure_reason=None,
        transitions=states.first_transition(now),
        started=None,
        ended=None,
        log_stream=f"{name}/algo-1-{int(now)}",
        metrics=[],
    )
    records.insert(context, row, request.get("Tags", []), training_job_exists)
    service_of(context).training.threads.launch(row.key)
    return {"TrainingJobArn": arn}


@control.implements("DescribeTrainingJob")
def describe_training_job(context: Context, request: Document) -> Document:
    """Describe a training job."""
    row = records.read(context, TrainingJobRow, request["TrainingJobName"], training_job_not_found)
    described = {member: row.request[member] for member in ECHOED if member in row.request}
    described |= {member: row.request.get(member, False) for member in FLAGS}
    if row.request["InputDataConfig"]:
        described["InputDataConfig"] = row.request["InputDataConfig"]
    if row.metrics:
        metrics = [metric | {"Timestamp": moment(metric["Timestamp"])} for metric in row.metrics]
        described["FinalMetricDataList"] = metrics
    return described | _progress(row)


def _progress(row: TrainingJobRow) -> Document:
    seconds = max(1, int(row.ended - row.started)) if row.started and row.ended else None
    return {
        "TrainingJobName": row.name,
        "TrainingJobArn": row.arn,
        "TrainingJobStatus": row.status,
        "SecondaryStatus": row.secondary_status,
        "FailureReason": row.failure_reason,
        "SecondaryStatusTransitions": [_transition(entry) for entry in row.transitions],
        "ModelArtifacts": {"S3ModelArtifacts": artifact_uri(row.request)},
        "CreationTime": moment(row.created),
        "LastModifiedTime": moment(row.modified),
        "TrainingStartTime": moment(row.started) if row.started else None,
        "TrainingEndTime": moment(row.ended) if row.ended else None,
        "TrainingTimeInSeconds": seconds,
        "BillableTimeInSeconds": seconds,
        "ProfilingStatus": "Disabled",
    }


def _transition(entry: Document) -> Document:
    times = {member: moment(entry[member]) for member in ("StartTime", "EndTime") if member in entry}
    return entry | times


@control.implements("ListTrainingJobs")
def list_training_jobs(context: Context, request: Document) -> Document:
    """List training jobs, oldest first."""
    page = records.list_rows(context, TrainingJobRow, request, "Ascending")
    summaries = [
        {
            "TrainingJobName": row.name,
            "TrainingJobArn": row.arn,
            "CreationTime": moment(row.created),
            "TrainingEndTime": moment(row.ended) if row.ended else None,
            "LastModifiedTime": moment(row.modified),
            "TrainingJobStatus": row.status,
            "SecondaryStatus": row.secondary_status,
        }
        for row in page.rows
    ]
    return {"TrainingJobSummaries": summaries, "NextToken": page.next_token}


@control.implements("StopTrainingJob")
def stop_training_job(context: Context, request: Document) -> Document:
    """Record a job as Stopping and end its container; a job that is already stopping is left alone."""
    with service_of(context).database.write() as session:
        row = records.fetch(session, context, TrainingJobRow, request["TrainingJobName"], training_job_not_found)
        if row.status in states.TERMINAL:
            raise job_is_over("training", row.status)
        if row.status == "InProgress":
            advance_row(row, "stop", time.time())
    service_of(context).training.threads.stop_job(row.key)
    return {}


@control.implements("DeleteTrainingJob")
def delete_training_job(context: Context, request: Document) -> Document:
    """Delete a finished job; its name may be used again, its artefacts stay."""
    with service_of(context).database.write() as session:
        row = records.fetch(session, context, TrainingJobRow, request["TrainingJobName"], training_job_not_found)
        if row.status not in states.TERMINAL:
            raise ServiceError(
                "ResourceInUse", f"Training job {row.arn} is in status {row.status}; only a finished job can be deleted"
            )
        records.remove(session, row)
    return {}
