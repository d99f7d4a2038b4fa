import logging
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.config.resources import Resources
from services.sagemaker.containers.opt_ml import OptMl, container_environment, pack
from services.sagemaker.containers.pipe import Pipe
from services.sagemaker.containers.process import Command, Container
from services.sagemaker.errors import (
    ChannelError,
    JobFailedError,
    JobStoppedError,
    NoCapacityError,
    ServiceStoppingError,
    StorageError,
)
from services.sagemaker.jobs.channels import ObjectCache, download_channel, make_pipe
from services.sagemaker.jobs.metric_definitions import MetricReader
from services.sagemaker.jobs.runner import NO_CAPACITY, JobThreads, Signals
from services.sagemaker.jobs.training_record import REASON_CHARACTERS, TrainingRecord, advance_row
from services.sagemaker.storage.tables import TrainingJobRow

logger = logging.getLogger(__name__)

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
POLL_SECONDS = 0.1
INTERNAL_ERROR = "InternalServerError: We encountered an internal error.  Please try again."
CUSTOMER_ERROR_EXIT = 2  # the exit code of first-party algorithms if the customer's data or settings are at fault


class TrainingJobs:
    """Runs training jobs, each in a thread `training-<job>`, and resumes those a dead service left."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._folder = resources.settings.state / "training"
        self.threads = JobThreads("training", self._run)

    def resume(self) -> None:
        """Resume the unfinished jobs: those in progress run again from their inputs."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._resources.database.write() as session:
            rows = session.scalars(
                select(TrainingJobRow).where(TrainingJobRow.status.in_(("InProgress", "Stopping")))
            ).all()
            for row in rows:
                if row.status == "Stopping":
                    advance_row(row, "stopped", time.time())
                elif row.secondary_status != "Starting":
                    advance_row(row, "restart", time.time())
        for row in rows:
            if row.status == "InProgress":
                self.threads.launch(row.key)

    def _run(self, key: str, signals: Signals) -> None:
        record = TrainingRecord(self._resources.database, key)
        # The name belongs to this run only: a job of the same name may be deleted and created again while this folder
        # is removed.
        folder = self._folder / f"{key}-{uuid.uuid4().hex}"
        try:
            TrainingRun(self._resources, record, signals, folder).run()
        except ServiceStoppingError:
            logger.info("training job %s will run again at the next start", key)
        except JobFailedError as error:
            record.fail(str(error))
        except NoCapacityError:
            record.fail(NO_CAPACITY)
        except (ChannelError, StorageError) as error:
            record.fail(f"ClientError: {error}")
        except Exception:
            logger.exception("training job %s failed by a defect of the service", key)
            record.fail(INTERNAL_ERROR)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class TrainingRun:
    """One run of one training job, from an empty folder to its artefacts in S3."""

    def __init__(self, resources: Resources, record: TrainingRecord, signals: Signals, folder: Path) -> None:
        self._resources, self._record, self._signals, self._folder = resources, record, signals, folder
        self._layout = OptMl(folder / "opt-ml")
        self._job = record.load()
        self._request: Mapping[str, Any] = self._job.request
        self._metrics = MetricReader(self._request["AlgorithmSpecification"]["MetricDefinitions"])
        self._pipe_errors: list[Exception] = []

    def run(self) -> None:
        """Run the job; raises if it ends in any state except Completed, MaxRuntimeExceeded or Stopped."""
        self._record.reword("Launching requested ML instances")
        self._resources.machines.launch("CreateTrainingJob", self._job.name)
        self._layout.make()
        self._record.reword("Preparing the instances for training")
        try:
            self._run_to_end()
        except JobStoppedError:
            self._upload(only_if_any=True)
            self._record.advance("stopped")

    def _run_to_end(self) -> None:
        started = self._record.advance("download")
        deadline = started + self._request["StoppingCondition"]["MaxRuntimeInSeconds"]
        pipes = self._deliver_inputs()
        self._record.reword("Downloading the training image")
        self._record.advance("train")
        expired = self._train(pipes, deadline)
        self._record.advance("upload")
        self._upload(only_if_any=expired)
        self._record.advance("expire" if expired else "complete")

    def _deliver_inputs(self) -> list[Pipe]:
        channels = self._request.get("InputDataConfig", [])
        instance_type = self._request["ResourceConfig"]["InstanceType"]
        self._layout.write_training_configuration(self._request.get("HyperParameters", {}), channels, instance_type)
        store = self._resources.store
        cache = ObjectCache(store, self._folder / "objects")
        pipes = []
        for channel in channels:
            self._signals.check()
            if channel["InputMode"] == "Pipe":
                pipes.append(make_pipe(cache, store, channel, self._layout.data, self._pipe_errors.append))
            else:
                download_channel(store, channel, self._layout.data / channel["ChannelName"], self._signals.check)
        return pipes

    def _train(self, pipes: list[Pipe], deadline: float) -> bool:
        """Run the container to its end; True if the maximum runtime ended it."""
        stream = self._resources.logs.open(LOG_GROUP, self._job.log_stream)
        stream.flush()

        def sink(line: str) -> None:
            stream.write(line)
            for name, value in self._metrics.read(line, time.time()):
                self._resources.metrics.training(self._job.name, name, value)

        container = None
        try:
            for pipe in pipes:
                pipe.start()
            container = self._resources.containers.start(self._command(), sink)
            expired = self._follow(container, deadline)
        finally:
            if container is not None:
                container.stop(0 if self._pipe_errors else self._resources.settings.training_stop_seconds)
            for pipe in pipes:
                pipe.stop()
            self._resources.logs.close(stream)
            self._record.save_metrics(self._metrics.final())
        if not expired:
            self._judge(container)
        return expired

    def _command(self) -> Command:
        words = self._resources.images.command(self._request["AlgorithmSpecification"]["TrainingImage"])
        if words is None:
            raise JobFailedError("ClientError: the training image is no longer among this service's images")
        extra = dict(self._request.get("Environment", {})) | {
            "TRAINING_JOB_NAME": self._job.name,
            "TRAINING_JOB_ARN": self._job.arn,
            "AWS_REGION": self._resources.settings.region,
        }
        environment = container_environment(self._layout.root, extra)
        return Command([*words, "train"], environment, f"training/{self._job.name}")

    def _follow(self, container: Container, deadline: float) -> bool:
        """Wait for the container's end, or for a reason to end it; True if its time is over."""
        while container.wait(POLL_SECONDS) is None:
            self._check()
            if time.time() > deadline:
                return True
        self._check()
        return False

    def _check(self) -> None:
        self._signals.check()
        if self._pipe_errors:
            error = self._pipe_errors[0]
            raise JobFailedError(f"ClientError: Data download failed: {error}") from error

    def _judge(self, container: Container) -> None:
        code = container.exit_code
        assert code is not None
        if code == 0:
            return
        self._upload_folder(self._layout.output_data, "output.tar.gz", only_if_any=True)
        raise JobFailedError(failure_reason(self._layout.failure(), code if code > 0 else 128 - code))

    def _upload(self, *, only_if_any: bool) -> None:
        self._upload_folder(self._layout.model, "model.tar.gz", only_if_any=only_if_any)
        self._upload_folder(self._layout.output_data, "output.tar.gz", only_if_any=True)

    def _upload_folder(self, folder: Path, name: str, *, only_if_any: bool) -> None:
        if only_if_any and not (folder.is_dir() and any(folder.iterdir())):
            return
        archive = self._folder / name
        pack(folder, archive)
        with archive.open("rb") as file:
            self._resources.store.write(S3Uri.parse(artifact_uri(self._request, name)), file, "application/x-tar")


def artifact_uri(request: Mapping[str, Any], name: str = "model.tar.gz") -> str:
    """Return the address of a training job's artefact: `<S3OutputPath>/<job>/output/<name>`."""
    return f"{request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/output/{name}"


def failure_reason(text: str, code: int) -> str:
    """Write the FailureReason of a container that ended by itself: who is at fault, its own text, its exit code."""
    kind = "ClientError: " if code == CUSTOMER_ERROR_EXIT else "AlgorithmError: "
    ending = f", exit code: {code}"
    return kind + text.removeprefix(kind)[: REASON_CHARACTERS - len(kind) - len(ending)] + ending
