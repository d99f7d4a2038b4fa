"""How a DAG file is parsed: quickly, without heavy imports, and one broken loop does not stop the others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.name for path in (ROOT / "dags").glob("*.py"))
HEAVY = ("great_expectations", "numpy", "pandas", "PIL", "sagemaker", "aiobotocore", "services", "local")

PARSE = """
import importlib.util, json, sys, time
def load(path):
    specification = importlib.util.spec_from_file_location("parsed", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
seconds = {}
for path in sys.argv[1:]:
    load(path)
    began = time.process_time()
    load(path)
    seconds[path] = time.process_time() - began
print(json.dumps({"seconds": seconds, "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def parsed(environment):
    paths = [str(ROOT / "dags" / name) for name in FILES]
    command = [sys.executable, "-c", PARSE, *paths]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", FILES)
def test_parsing_again_is_quick(parsed, name):
    assert parsed["seconds"][str(ROOT / "dags" / name)] < 0.5


def test_parsing_imports_nothing_heavy(parsed):
    assert not set(HEAVY) & set(parsed["modules"])


def test_the_plugin_imports_nothing_heavy(environment):
    script = "import nightloop_plugin, json, sys; print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd="/", capture_output=True, text=True, check=True
    )
    assert not set(HEAVY) & set(json.loads(done.stdout.splitlines()[-1]))


def test_airflow_loads_the_plugin_and_no_other_file_of_the_folder(environment):
    script = (
        "import json, sys; from airflow import plugins_manager; plugins_manager.ensure_plugins_loaded(); "
        "modules = [module for name, module in sys.modules.items() if not name.startswith('nightloop.')]; "
        "print(json.dumps([str(getattr(module, '__file__', None)) for module in modules]))"
    )
    plugins = ROOT / "plugins"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins)},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    files = [Path(name) for name in json.loads(done.stdout.splitlines()[-1])]
    loaded = {str(file.relative_to(plugins)) for file in files if file.is_relative_to(plugins)}
    assert "nightloop_plugin.py" in loaded
    assert loaded <= {"nightloop_plugin.py", "nightloop/__init__.py"}


def test_the_plugin_registers_the_links():
    from nightloop_plugin import NightloopPlugin

    names = {link.name for link in NightloopPlugin.operator_extra_links}
    assert names == {
        "Answers in S3",
        "Data Docs",
        "Endpoint",
        "Flow definition",
        "Output in S3",
        "Training job",
        "Where the model comes from",
        "Worker portal",
    }


@pytest.mark.parametrize("name", FILES)
def test_a_dag_file_is_wiring(name):
    assert len((ROOT / "dags" / name).read_text().splitlines()) <= 150


@pytest.fixture
def loops(tmp_path, monkeypatch):
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(tmp_path))
    loop = yaml.safe_load((ROOT / "include/loops/voc.yaml").read_text())
    for name in ("cars", "boats"):
        own = {"name": name, "endpoint": loop["endpoint"] | {"name": f"{name}-live"}}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(loop | own))
    return tmp_path


def dags_of(folder=ROOT / "dags"):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(folder))
    assert bag.import_errors == {}
    return bag.dags


def test_a_broken_loop_file_shows_as_a_dag_and_stops_no_other(loops):
    (loops / "boats.yaml").write_text("name: boats\nbuckett: x\n")
    dags = dags_of()
    assert sorted(name for name in dags if "boats" in name) == ["invalid_loop_boats"]
    assert len([name for name in dags if name.endswith("_cars")]) == 5
    shown = dags["invalid_loop_boats"]
    assert "invalid" in shown.tags
    assert "boats.yaml" in shown.doc_md
    assert shown.schedule is None
    assert [task.task_id for task in shown.tasks] == ["read_loop_file"]


def test_the_page_of_a_broken_loop_file_has_a_line_for_each_mistake(loops):
    (loops / "boats.yaml").write_text("name: boats\nbuckett: x\ntimezone: '*Mars*'\n")
    page = dags_of(ROOT / "dags" / "invalid_loops.py")["invalid_loop_boats"].doc_md
    assert "    line 2: buckett: is not a setting; did you mean 'bucket'?\n" in page
    assert "    line 3: timezone: must be a time zone such as UTC or Europe/Berlin, not '*Mars*'\n" in page
    assert "9 mistakes" in page


def test_a_folder_without_loops_shows_as_a_dag(loops):
    for file in loops.iterdir():
        file.unlink()
    dags = dags_of()
    assert list(dags) == ["invalid_loop_folder"]
    assert "holds no loop" in dags["invalid_loop_folder"].doc_md


def test_a_loop_that_asks_a_person_has_an_approval(loops):
    loop = yaml.safe_load((loops / "cars.yaml").read_text())
    loop["gate"]["approval"] = "required"
    loop["schedule"] = None
    (loops / "cars.yaml").write_text(yaml.safe_dump(loop))
    dags = dags_of()
    training = dags["incremental_training_cars"]
    assert training.get_task("approve").downstream_task_ids == {"promote"}
    assert "approve" in training.get_task("gate").downstream_task_ids
    assert training.get_task("gate").promote_task_id == "approve"
    assert "approve" not in dags["incremental_training_boats"].task_ids
    assert dags["nightly_review_cars"].schedule is None


def test_a_worker_makes_only_the_dag_it_runs(loops, monkeypatch):
    from nightloop.aws.dag_factory import dags

    class Context:
        dag_id = "nightly_review_cars"

    monkeypatch.setattr(dags, "get_parsing_context", Context)
    assert [loop.name for loop in dags.loops("nightly_review")] == ["cars"]
    assert dags.loops("bootstrap") == []
