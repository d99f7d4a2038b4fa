"""Links: to the console for what is in AWS, to the portal wherever it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from airflow.sdk import BaseOperator
from botocore.stub import Stubber

from nightloop.aws.errors import PermissionDeniedError, ServiceFaultError
from nightloop.aws.hooks.sagemaker import LiveModel, ModelHook
from nightloop.aws.links.answers import AnswersLink
from nightloop.aws.links.data_docs import DataDocsLink
from nightloop.aws.links.endpoint import EndpointLink
from nightloop.aws.links.flow_definition import FlowDefinitionLink
from nightloop.aws.links.model_origin import ModelOriginLink
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.links.training_job import TrainingJobLink
from nightloop.aws.links.worker_portal import WorkerPortalLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.operators.training.train import TrainOperator
from nightloop.aws.resources.training_job import TrainingSettings


class Pushed(dict):
    def __init__(self):
        super().__init__(ti=self)
        self.values_by_key = {}

    def xcom_push(self, key, value):
        self.values_by_key[key] = value


@pytest.mark.parametrize("link", [EndpointLink, FlowDefinitionLink])
def test_no_console_for_a_service_of_ones_own(link):
    context = Pushed()
    link.remember(context, BaseOperator(task_id="t"), ModelHook(), endpoint_name="live", job_name="job")
    assert context.values_by_key == {}


def test_a_training_job_at_an_endpoint_of_ones_own_leads_to_its_log():
    context = Pushed()
    TrainingJobLink.remember(context, BaseOperator(task_id="t"), ModelHook(), job_name="job-1")
    assert TrainingJobLink().format_link(**context.values_by_key["training_job"]) == (
        "http://127.0.0.1:9/training-jobs/job-1/log"
    )


@pytest.mark.parametrize(
    ("link", "path", "signed"),
    [
        (S3OutputLink, "/b/a%20b.jsonl", "response-content-type=text%2Fplain"),
        (DataDocsLink, "/b/a%20b.jsonl", "Signature="),
        (AnswersLink, "/b", "prefix=a%20b.jsonl%2F"),
    ],
)
def test_what_lies_in_an_s3_of_ones_own_is_opened_by_a_signed_address(link, path, signed):
    context, operator = Pushed(), LoopOperator(task_id="t")
    link.persist_for(context, operator, "s3://b/a b.jsonl")
    address = link().format_link(**context.values_by_key[link.key])
    assert address.startswith(f"http://127.0.0.1:9{path}?")
    assert signed in address
    assert "Expires=" in address
    assert ("response-content-type" in address) is (link is S3OutputLink)


def test_where_browsers_reach_a_service_elsewhere_than_tasks_links_lead_there(monkeypatch):
    services = {
        "s3": {"browser_endpoint_url": "http://night.example:8090"},
        "sagemaker": {"browser_endpoint_url": "http://night.example:8091/"},
    }
    extra = {"region_name": "eu-west-1", "endpoint_url": "http://inside:9", "service_config": services}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    context, operator = Pushed(), LoopOperator(task_id="t")
    S3OutputLink.persist_for(context, operator, "s3://a-bucket/a b.jsonl")
    address = S3OutputLink().format_link(**context.values_by_key["s3_output"])
    assert address.startswith("http://night.example:8090/a-bucket/a%20b.jsonl?")
    assert "Signature=" in address
    TrainingJobLink.remember(context, BaseOperator(task_id="t"), ModelHook(), job_name="job-1")
    assert TrainingJobLink().format_link(**context.values_by_key["training_job"]) == (
        "http://night.example:8091/training-jobs/job-1/log"
    )


def test_console_for_aws(monkeypatch):
    extra = {"region_name": "eu-west-1"}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws", "extra": extra}))
    context = Pushed()
    EndpointLink.remember(context, BaseOperator(task_id="t"), ModelHook(), endpoint_name="live")
    assert EndpointLink().format_link(**context.values_by_key["endpoint"]) == (
        "https://console.aws.amazon.com/sagemaker/home?region=eu-west-1#/endpoints/live"
    )


class Kept:
    """A store that keeps what it is given."""

    def __init__(self):
        self.written = {}

    def write_once(self, uri, body, content_type):
        return self.written.setdefault(uri, body)


def test_a_training_job_that_is_adopted_is_linked_too(monkeypatch):
    extra = {"region_name": "eu-west-1"}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws", "extra": extra}))
    settings = TrainingSettings(
        loop="voc",
        image="1.dkr.ecr.eu-west-1.amazonaws.com/object-detection:1",
        role_arn="arn:aws:iam::123456789012:role/r",
        hyperparameters={},
        classes=("cat",),
        attribute="bounding-box",
        output="s3://b/models",
    )
    cohort = {"cohort": "c", "train": "s3://b/train", "validation": "s3://b/validation"}
    train, context = TrainOperator(task_id="train", settings=settings, cohort=cohort), Pushed()
    name = settings.job_name("c", None, 0)
    job = {
        "TrainingJobName": name,
        "TrainingJobArn": f"arn:aws:sagemaker:eu-west-1:123456789012:training-job/{name}",
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://b/models/model.tar.gz"},
        "StoppingCondition": {},
        "CreationTime": datetime(2026, 11, 23, tzinfo=UTC),
    }
    train.__dict__["store"] = Kept()
    with Stubber(train.sagemaker.client) as stub:
        stub.add_response("describe_training_job", job, {"TrainingJobName": name})
        stub.add_response("describe_training_job", job, {"TrainingJobName": name})
        assert train.execute(context)["training_job"] == name
    assert TrainingJobLink().format_link(**context.values_by_key["training_job"]).endswith(f"#/jobs/{name}")
    assert train.store.written == {"s3://b/models/classes.json": b'["cat"]'}


def test_keys_of_any_script_are_escaped():
    link = S3OutputLink().format_link(
        region_name="us-east-1", aws_domain="aws.amazon.com", bucket="b", object_key="a b%/日本.json"
    )
    assert link.endswith("/s3/object/b?region=us-east-1&prefix=a%20b%25/%E6%97%A5%E6%9C%AC.json")


class Portal:
    conn_region_name, conn_partition = "us-east-1", "aws"

    def __init__(self, domain):
        self.domain = domain

    def portal_domain(self, _):
        return self.domain


@pytest.mark.parametrize(
    ("domain", "address"),
    [
        ("localhost:8092/portal", "http://localhost:8092/portal"),
        ("127.0.0.1:8092/portal", "http://127.0.0.1:8092/portal"),
        ("review:8092/portal", "http://review:8092/portal"),
        ("abc.labeling.us-east-1.sagemaker.aws", "https://abc.labeling.us-east-1.sagemaker.aws"),
        (None, None),
    ],
)
def test_the_portal_is_where_the_team_works(domain, address):
    context = Pushed()
    WorkerPortalLink.persist_for(context, BaseOperator(task_id="t"), Portal(domain), "arn:team")
    stored = context.values_by_key.get("worker_portal")
    assert (WorkerPortalLink().format_link(**stored) if stored else None) == address


def test_a_portal_that_may_not_be_asked_for_fails_no_task(caplog):
    """Who may start human loops may perhaps not describe work teams."""

    class Denied(Portal):
        def portal_domain(self, _):
            raise PermissionDeniedError("sagemaker answered AccessDeniedException")

    context = Pushed()
    WorkerPortalLink.persist_for(context, BaseOperator(task_id="t"), Denied(None), "arn:team")
    assert context.values_by_key == {}
    assert "AccessDeniedException" in caplog.text


@pytest.mark.parametrize("artefact", ["", "s3://b/model.tar.gz", "s3://b/job/model.tar.gz"])
def test_a_model_from_elsewhere_has_no_origin_and_is_not_asked_for_one(artefact):
    context = Pushed()
    ModelOriginLink.remember(context, None, LiveModel("live", "config", "model", artefact))
    assert context.values_by_key == {}


def test_a_link_that_cannot_be_made_fails_no_task(caplog):
    class Unreadable:
        def read_if_there(self, uri):
            raise ServiceFaultError(f"{uri}: access denied")

    context = Pushed()
    live = LiveModel("live", "config", "model", "s3://b/models/job/output/model.tar.gz")
    ModelOriginLink.remember(context, Unreadable(), live)
    assert context.values_by_key == {}
    assert "s3://b/models/job/origin.json: access denied" in caplog.text
