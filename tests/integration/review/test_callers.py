"""Callers nobody knows, who hang up, or who say they are elsewhere."""

import json
import socket
import time

import httpx
import pytest


def test_who_is_not_signed_in_sends_little(service, job, worker, answer):
    small, large = {"email": "x", "password": "y" * 15_000}, {"email": "x", "password": "y" * 17_000}
    stranger = httpx.Client(base_url=service.url, timeout=30)
    assert stranger.post("/portal/sign-in", data=small).status_code == 403, "read, and without the token of a form"
    assert stranger.post("/portal/sign-in", data=large).status_code == 413
    forged = httpx.Client(base_url=service.url, timeout=30, cookies=dict.fromkeys(worker.browser.cookies, "x" * 43))
    assert forged.post("/portal/sign-in", data=large).status_code == 413, "a cookie alone is no sign-in"
    job.starts_loop()
    worker.starts_working(job.name)
    assert worker.submits(answer | {"remark": "z" * 100_000}).status_code == 200


@pytest.mark.parametrize("announced", [b"100000", b"10"])
def test_who_hangs_up_leaves_no_traceback(new_service, announced):
    service = new_service().starts()
    for path in (b"/portal/sign-in", b"/human-loops"):
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            connection.sendall(
                b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %b\r\n\r\n{"
                % (path, announced)
            )
            time.sleep(0.2)  # the service is reading the body when the connection ends
    service.stops()
    assert "Traceback" not in service.log


def sign_in_failures(service, address):
    """Fail to sign in so often that the address is shut out, saying each time to come from `address`."""
    for _ in range(60):
        browser = httpx.Client(base_url=service.url, timeout=30, headers={"X-Forwarded-For": address})
        page = browser.get("/portal/sign-in").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        fields = {
            "csrf_token": token,
            "email": f"nobody-{time.monotonic_ns()}@example.com",
            "password": "not the password",
        }
        if browser.post("/portal/sign-in", data=fields).status_code == 429:
            return True
    return False


def test_an_address_cannot_be_made_up(new_service, monkeypatch):
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    service = new_service().starts()
    assert sign_in_failures(service, "203.0.113.1")
    assert httpx.get(f"{service.url}/portal/sign-in", headers={"X-Forwarded-For": "203.0.113.2"}).status_code == 200
    other = httpx.Client(base_url=service.url, headers={"X-Forwarded-For": "203.0.113.2"})
    token = other.get("/portal/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": "another@example.com", "password": "not the password"}
    assert other.post("/portal/sign-in", data=fields).status_code == 429, "another made-up address opens nothing"


def test_behind_a_proxy_the_real_address_counts(new_service, monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")
    service = new_service().starts()
    assert sign_in_failures(service, "203.0.113.1")
    other = httpx.Client(base_url=service.url, headers={"X-Forwarded-For": "203.0.113.1, 203.0.113.2"})
    token = other.get("/portal/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": "another@example.com", "password": "not the password"}
    assert other.post("/portal/sign-in", data=fields).status_code == 401, (
        "the proxy's own neighbour, not what it was told"
    )


def test_more_connections_than_allowed_are_told_so(new_service):
    service = new_service()
    service.settings["MAX_CONNECTIONS"] = "20"
    service.starts()
    idle = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(25)]
    try:
        time.sleep(0.3)
        assert httpx.get(f"{service.url}/healthz").status_code == 503
    finally:
        for connection in idle:
            connection.close()
    deadline = time.monotonic() + 20
    while httpx.get(f"{service.url}/healthz").status_code != 200:
        assert time.monotonic() < deadline, "it serves again when they are gone"
        time.sleep(0.1)


@pytest.mark.parametrize("remark", ['"\\ud800"', '"\\udc08\\ud83d"', "9" * 4000, "1e999"])
def test_what_nobody_could_write_down_is_refused(service, job, worker, answer, remark):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    body = json.dumps({"answer": answer | {"remark": "REMARK"}, "seconds": 3}).replace('"REMARK"', remark)
    headers = {"X-CSRF-Token": worker.csrf, "content-type": "application/json"}
    refused = worker.browser.post(f"/portal/tasks/{worker.task}/submit", content=body, headers=headers)
    assert refused.status_code == 400, refused.text
    assert job.status(loop) == "InProgress"
    assert worker.submits(answer).status_code == 200
    for content in (f'{{"taskObject": {remark}}}', f'{{"taskObject": "s3://b/x", "n": [{remark}]}}'):
        with pytest.raises(service.a2i.exceptions.ValidationException):
            service.a2i.start_human_loop(
                HumanLoopName=f"half-{time.monotonic_ns()}",
                FlowDefinitionArn=job.arn,
                HumanLoopInput={"InputContent": content},
            )
