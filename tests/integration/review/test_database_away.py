"""A database that is not there: every door says so, at once and in its own form."""

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.testclient import TestClient

from services.review.app import create_app
from services.review.config.settings import Settings
from services.review.storage.database.engine import Database


@pytest.fixture(scope="module")
def client():
    # Port 1 of this machine refuses connections, as a database server that is down does.
    settings = Settings(
        database="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2",
        access_keys='{"id": "secret"}',
        secret_key="a secret key of the tests",
    )
    return TestClient(create_app(settings, Database(settings.database)), raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/portal/sign-in", "/portal/", "/portal/tasks/" + "0" * 32, "/portal/admin/loops"])
def test_a_page_says_so(client, path):
    answer = client.get(path, headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "cannot reach its database" in answer.text
    assert "content-security-policy" in answer.headers


def test_a_call_of_the_page_is_answered_in_json(client):
    answer = client.post("/portal/tasks/" + "0" * 32 + "/submit", json={"answer": {}})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "DatabaseAway"
    large = client.post(
        "/portal/tasks/" + "0" * 32 + "/submit", json={"answer": "x" * 20_000}, cookies={"session": "x" * 43}
    )
    assert large.status_code in {413, 503}, "who sends it cannot be known"


def test_the_api_says_so_and_may_be_asked_again(client):
    request = AWSRequest(method="GET", url="http://testserver/human-loops/x", data=b"")
    SigV4Auth(Credentials("id", "secret"), "sagemaker", "us-east-1").add_auth(request)
    answer = client.get("/human-loops/x", headers=dict(request.headers.items()))
    assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (503, "ServiceUnavailable")
    assert "cannot reach its database" in answer.text


def test_the_probes_tell_living_from_ready(client):
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["reason"]) == (503, "the database cannot be reached")
