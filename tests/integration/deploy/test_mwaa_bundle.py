"""The files for MWAA, laid out as an environment does, are the same DAGs in a process that has nothing else of ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from packaging.requirements import Requirement

from tests.support.manifests import ROOT

LOOK = """
import json
from airflow.dag_processing.dagbag import DagBag
from airflow import settings
import nightloop
from nightloop.aws.dag_factory.loop_files import suite_path
from pathlib import Path

bag = DagBag(settings.DAGS_FOLDER)
print(json.dumps({
    "dags": sorted(bag.dags),
    "errors": bag.import_errors,
    "nightloop": nightloop.__file__,
    "suite": Path(suite_path("manifest")).is_file(),
}))
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    for _ in ("the first", "another in its place"):
        subprocess.run([ROOT / "deploy" / "mwaa" / "make-bundle.sh", folder / "mwaa"], check=True, timeout=60)
    assert [path.name for path in folder.iterdir()] == ["mwaa"]
    return folder / "mwaa"


def test_the_bucket_holds_these_files(bundle):
    assert sorted(path.name for path in bundle.iterdir()) == ["dags", "plugins.zip", "requirements.txt", "startup.sh"]
    dags = {path.name for path in (ROOT / "dags").iterdir()} - {"__pycache__"}
    assert {path.name for path in (bundle / "dags").iterdir()} == {*dags, "include", "constraints.txt"}
    with zipfile.ZipFile(bundle / "plugins.zip") as plugins:
        names = plugins.namelist()
    assert {name.split("/")[0] for name in names} == {".airflowignore", "nightloop", "nightloop_plugin.py"}
    assert [name for name in names if "__pycache__" in name] == []


def test_a_folder_with_something_else_in_it_is_left_alone(bundle, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    command = [ROOT / "deploy" / "mwaa" / "make-bundle.sh", tmp_path]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 2
    assert f"error: {tmp_path} is there and is no bundle of before" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_every_requirement_has_the_version_of_the_lock(bundle):
    first, *lines = (bundle / "requirements.txt").read_text().splitlines()
    assert first == "--constraint /usr/local/airflow/dags/constraints.txt"
    wanted = [Requirement(line) for line in lines]
    constraints = [Requirement(line) for line in (bundle / "dags" / "constraints.txt").read_text().splitlines()]
    locked = {one.name: one for one in constraints}
    airflow = {"apache-airflow", "apache-airflow-core", "apache-airflow-task-sdk"}
    assert not airflow & {one.name for one in [*wanted, *constraints]}, "the environment has its own"
    for one in wanted:
        (pin,) = locked[one.name].specifier
        assert pin.operator == "=="
        assert one.specifier.contains(pin.version)
    assert len(constraints) > 100


def test_the_same_dags_come_out(bundle, tmp_path):
    home = tmp_path / "usr local airflow"
    (home / "plugins").mkdir(parents=True)
    with zipfile.ZipFile(bundle / "plugins.zip") as plugins:
        plugins.extractall(home / "plugins")
    shutil.copytree(bundle / "dags", home / "dags")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "NIGHTLOOP", "PYTHON"))}
    environment = kept | {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    start = f'. "{bundle / "startup.sh"}" && exec "{sys.executable}" -c "$1"'
    command = ["sh", "-c", start, "sh", f"import sys; sys.path.insert(0, {str(home / 'plugins')!r})\n{LOOK}"]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["errors"] == {}
    assert {"bootstrap_voc", "nightly_review_voc", "incremental_training_voc"} <= set(seen["dags"])
    assert not [name for name in seen["dags"] if name.startswith("invalid")]
    assert seen["nightloop"].startswith(str(home))
    assert seen["suite"], "the expectations are found through include/"
