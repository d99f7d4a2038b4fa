"""A page for people: what a training job has printed."""

from botocore.exceptions import BotoCoreError, ClientError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.sagemaker.jobs.training import LOG_GROUP
from services.sagemaker.lifecycle.service import Service
from services.sagemaker.storage.tables import TrainingJobRow


def page_routes(service: Service) -> list[Route]:
    """Return the routes of the pages; like AWS's console they are for people, so requests are not signed."""

    async def training_log(request: Request) -> Response:
        return await run_in_threadpool(_training_log, service, request.path_params["name"])

    return [Route("/training-jobs/{name}/log", training_log)]


def _training_log(service: Service, name: str) -> Response:
    with service.database.read() as session:
        job = session.get(TrainingJobRow, name.lower())
    if job is None:
        return PlainTextResponse(f"There is no training job {name}.\n", 404)
    head = [f"{job.name}: {job.status}", *([f"{job.failure_reason}"] if job.failure_reason else []), ""]
    try:
        lines = list(service.resources.logs.read(LOG_GROUP, job.log_stream))
    except (BotoCoreError, ClientError) as error:
        return PlainTextResponse("\n".join([*head, f"Its log cannot be read from CloudWatch Logs: {error}", ""]), 502)
    return PlainTextResponse("\n".join([*head, *lines, ""]))
