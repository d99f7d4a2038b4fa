"""An upgrade: the next version migrates while this one serves."""

import subprocess
import sys

import httpx

from services.review.storage.database import schema
from tests.integration.review.conftest import ROOT


def test_what_runs_goes_on_while_the_next_version_migrates_and_nothing_old_starts_after(new_service):
    service = new_service().starts()
    worker = service.employs("ann", "a-group")
    service.changes("UPDATE alembic_version SET version_num = '9999'")
    ready = httpx.get(f"{service.url}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"}), "nobody else serves yet"
    assert worker.signs_in().url.path == "/portal/"
    for command in ("serve", "migrate", "wait-for-schema"):
        refused = service.command(command)
        assert (refused.returncode, "a newer one made it" in refused.stderr) == (2, True), command
    assert service.stops() == 0


def test_a_process_waits_for_the_schema_and_then_starts(new_service):
    service = new_service().starts()
    newest = schema.newest_revision()
    service.changes("UPDATE alembic_version SET version_num = '0001'")
    unready = httpx.get(f"{service.url}/readyz")
    assert (unready.status_code, "needs " + newest in unready.json()["reason"]) == (503, True)
    command = [sys.executable, "-m", "services.review", "wait-for-schema", "--seconds", "60"]
    with subprocess.Popen(command, cwd=ROOT, env=service.environment(), stderr=subprocess.PIPE, text=True) as waiting:
        assert "waiting for the schema" in waiting.stderr.readline()
        service.changes("UPDATE alembic_version SET version_num = :newest", newest=newest)
        assert waiting.wait(20) == 0
