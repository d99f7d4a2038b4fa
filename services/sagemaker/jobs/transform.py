import itertools
import logging
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.config.resources import Resources
from services.sagemaker.errors import (
    ChannelError,
    DeploymentFailedError,
    JobFailedError,
    JobStoppedError,
    NoCapacityError,
    ServiceStoppingError,
    StorageError,
)
from services.sagemaker.jobs.inputs import InputObject, list_inputs
from services.sagemaker.jobs.runner import NO_CAPACITY, JobThreads, Signals
from services.sagemaker.jobs.transform_objects import ALGORITHM, ObjectTransformer, data_log_line
from services.sagemaker.jobs.transform_plan import TransformPlan, container_environment_of
from services.sagemaker.jobs.transform_record import TransformRecord, advance_row
from services.sagemaker.serving.serving_container import ModelContainer, ServingContainer, fetch_model
from services.sagemaker.storage.tables import TransformJobRow

logger = logging.getLogger(__name__)

LOG_GROUP = "/aws/sagemaker/TransformJobs"
POLL_SECONDS = 0.1
INTERNAL_ERROR = "InternalServerError: We encountered an internal error.  Please try again."
NO_PING = (
    "AlgorithmError: Model container failed to respond to ping. Please ensure /ping endpoint is implemented and "
    "responds with an HTTP 200 status code"
)


class TransformJobs:
    """Runs transform jobs, each in a thread `transform-<job>`, and resumes those a dead service left."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._folder = resources.settings.state / "transform"
        self.threads = JobThreads("transform", self._run)

    def resume(self) -> None:
        """Resume the unfinished jobs: those in progress run again from their inputs."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._resources.database.write() as session:
            rows = session.scalars(
                select(TransformJobRow).where(TransformJobRow.status.in_(("InProgress", "Stopping")))
            ).all()
            for row in rows:
                if row.status == "Stopping":
                    advance_row(row, "stopped", time.time())
        for row in rows:
            if row.status == "InProgress":
                self.threads.launch(row.key)

    def _run(self, key: str, signals: Signals) -> None:
        record = TransformRecord(self._resources.database, key)
        # The name belongs to this run only: a job of the same name may be deleted and created again while this folder
        # is removed.
        folder = self._folder / f"{key}-{uuid.uuid4().hex}"
        try:
            TransformRun(self._resources, record, signals, folder).run()
        except ServiceStoppingError:
            logger.info("transform job %s will run again at the next start", key)
        except JobStoppedError:
            record.end("stopped")
        except JobFailedError as error:
            record.fail(str(error))
        except NoCapacityError:
            record.fail(NO_CAPACITY)
        except (ChannelError, StorageError, DeploymentFailedError) as error:
            record.fail(f"ClientError: {error}")
        except Exception:
            logger.exception("transform job %s failed by a defect of the service", key)
            record.fail(INTERNAL_ERROR)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class TransformRun:
    """One run of one transform job: the containers, every object through them, one `.out` each."""

    def __init__(self, resources: Resources, record: TransformRecord, signals: Signals, folder: Path) -> None:
        self._resources, self._record, self._signals, self._folder = resources, record, signals, folder
        self._job = record.load()
        self._request: Mapping[str, Any] = self._job.request

    def run(self) -> None:
        """Run the job; raises if it ends in any state except Completed."""
        self._resources.machines.launch("CreateTransformJob", self._job.name)
        source = self._request["TransformInput"]["DataSource"]["S3DataSource"]
        inputs = list_inputs(self._resources.store, source["S3DataType"], source["S3Uri"])
        if not inputs:
            raise ChannelError(f'No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data source.')
        with self._containers() as containers:
            self._record.begin()
            blamed = self._transform(inputs, containers)
        if blamed:
            kind = ALGORITHM if ALGORITHM in blamed else min(blamed)
            raise JobFailedError(f"{kind}: See job logs for more information")
        self._record.end("complete")

    @contextmanager
    def _containers(self) -> Iterator[list[ServingContainer]]:
        """Start one container per instance, wait for their pings, and end them afterwards."""
        model = _batch_model(self._job.container, self._request)
        archive = self._folder / "model.tar.gz"
        fetch_model(self._resources, model, archive)
        stream = self._resources.logs.open(LOG_GROUP, self._job.log_stream)
        containers: list[ServingContainer] = []
        try:
            for number in range(1, self._request["TransformResources"]["InstanceCount"] + 1):
                folder, label = self._folder / f"{number}" / "opt-ml", f"transform/{self._job.name}/{number}"
                container = ServingContainer(self._resources, model, folder, label, stream.write)
                containers.append(container)
                container.prepare(archive)
                container.start()
            grace = self._resources.settings.ping_grace_seconds
            if not all(container.wait_until_healthy(grace, self._signals.check) for container in containers):
                self._signals.check()
                raise JobFailedError(NO_PING)
            yield containers
        finally:
            for container in containers:
                container.stop()
            self._resources.logs.close(stream)

    def _transform(self, inputs: Sequence[InputObject], containers: Sequence[ServingContainer]) -> set[str]:
        """Send every object; return who is at fault for those that failed."""
        stream = self._resources.logs.open(LOG_GROUP, f"{self._job.log_stream}/data-log")
        plan = TransformPlan.make(self._request, _execution_parameters(containers[0].base_url))
        transformer = ObjectTransformer(
            self._resources.store,
            plan,
            S3Uri.parse(self._request["TransformOutput"]["S3OutputPath"]),
            zipped=self._request["TransformInput"].get("CompressionType") == "Gzip",
            signals=self._signals,
            data_log=lambda text: stream.write(data_log_line(text, time.time())),
        )
        stream.write(data_log_line(plan.describe(), time.time()))
        workers = plan.max_concurrent * len(containers)
        pool = ThreadPoolExecutor(workers, thread_name_prefix=f"transform-{self._job.name}")
        try:
            urls = itertools.cycle([container.base_url for container in containers])
            sent = [pool.submit(transformer.transform, item, url) for item, url in zip(inputs, urls, strict=False)]
            return self._wait(sent)
        except (JobStoppedError, ServiceStoppingError):
            for container in containers:  # ends the requests under way, which may take long
                container.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            transformer.close()
            self._resources.logs.close(stream)

    def _wait(self, sent: Sequence[Future[str | None]]) -> set[str]:
        open_ones: Set[Future[str | None]] = set(sent)
        while open_ones:
            self._signals.check()
            open_ones = wait(open_ones, timeout=POLL_SECONDS).not_done
        self._signals.check()  # the containers may have been ended during the last requests
        results = {future.result() for future in sent}
        return {kind for kind in results if kind is not None}


def _batch_model(container: Mapping[str, Any], request: Mapping[str, Any]) -> ModelContainer:
    model = ModelContainer.from_definition(container)
    return ModelContainer(model.image, model.model_data, dict(model.environment) | container_environment_of(request))


def _execution_parameters(base_url: str) -> Mapping[str, Any]:
    """Ask the container for its execution parameters; most containers do not have any."""
    try:
        answer = httpx.get(f"{base_url}/execution-parameters", timeout=2.0, trust_env=False)
        parameters: Any = answer.json() if answer.status_code == 200 else {}
    except (httpx.HTTPError, ValueError):
        return {}
    return parameters if isinstance(parameters, dict) else {}
