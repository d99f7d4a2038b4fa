"""`pip install .` into an environment that holds nothing else: what Airflow finds there, and what runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.aws.stack import ROOT
from tests.system.examples.outcomes import REVIEWS, SERVING, check_reviews
from tests.system.examples.running import Airflow, services, settings_of

WARNINGS = ("Failed to import plugin", "already registered", "Traceback", "Exception when importing")
IMPORT_ALL = """
import importlib, pkgutil, sys, nightloop
names = [module.name for module in pkgutil.walk_packages(nightloop.__path__, "nightloop.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
REFUSE_NUMPY = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(sorted({"numpy", "pandas", "PIL", "hotcoco", "great_expectations"} & set(sys.modules)))
"""

pytestmark = pytest.mark.timeout(1200)


def uv(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "uv", *map(str, arguments)], cwd=ROOT, check=True, timeout=900)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", folder)
    return next(folder.glob("nightloop-*.whl"))


@pytest.fixture(scope="module")
def make_environment(wheel, tmp_path_factory):
    """Give a function that makes an environment with the wheel, and an extra of it, at the versions of the lock."""

    def make(extra: str = "") -> Path:
        folder = tmp_path_factory.mktemp("environment") / "venv"
        uv("venv", "--quiet", "--python", sys.executable, folder)
        python = folder / "bin" / "python"
        locked = ("--constraint", ROOT / "requirements.lock")
        uv("pip", "install", "--quiet", "--python", python, *locked, f"{wheel}{extra}")
        return python

    return make


@pytest.fixture(scope="module")
def python(make_environment):
    return make_environment()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with services(tmp_path_factory.mktemp("services")) as stack:
        yield stack


@pytest.fixture
def airflow(python, tmp_path):
    (tmp_path / "plugins").mkdir()
    return Airflow(python, tmp_path, tmp_path / "plugins", {})


def listed(airflow, *command):
    said = airflow.run("-m", "airflow", *command, "--output", "json", cwd=Path("/"))
    assert not [warning for warning in WARNINGS if warning in said], said
    return json.loads(said[said.index("[") :])


def test_airflow_lists_the_plugin_and_the_provider(airflow):
    plugin = next(plugin for plugin in listed(airflow, "plugins") if plugin["name"] == "nightloop")
    assert plugin["source"].startswith("nightloop==")
    providers = {provider["package_name"]: provider["version"] for provider in listed(airflow, "providers", "list")}
    assert providers["nightloop"] == plugin["source"].split(":")[0].removeprefix("nightloop==")
    links = [entry["extra_link_class_name"] for entry in listed(airflow, "providers", "links")]
    assert len([link for link in links if link.startswith("nightloop.")]) == len(plugin["operator_extra_links"])


def test_beside_the_plugins_folder_it_is_registered_once(python, tmp_path):
    airflow = Airflow(python, tmp_path, ROOT / "plugins", {})
    assert [plugin["name"] for plugin in listed(airflow, "plugins")].count("nightloop") == 1


def test_the_a2i_family_needs_no_numpy(python, airflow):
    families = ("a2i", "human_loops", "task_ui", "flow_definition")
    folder = ROOT / "plugins"
    modules = [
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for kind in ("hooks", "operators", "sensors", "triggers", "links")
        for path in sorted((folder / "nightloop" / "aws" / kind).rglob("*.py"))
        if any(family in path.as_posix() for family in families) and path.stem != "__init__"
    ]
    assert len(modules) > 10
    assert airflow.run("-c", REFUSE_NUMPY, *modules).splitlines()[-1] == "[]"
    absent = subprocess.run([python, "-c", "import numpy"], capture_output=True, text=True, check=False)
    assert "No module named 'numpy'" in absent.stderr


@pytest.fixture(scope="module")
def printed(python, stack, tmp_path_factory):
    """Run the examples of human loops with nothing but the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("airflow")
    return Airflow(python, home, home / "plugins", settings_of(stack)).run_examples(list(REVIEWS))


@pytest.mark.parametrize("name", REVIEWS)
def test_example_of_reviews(printed, stack, name):
    check_reviews(printed, stack, name)


def test_with_the_extra_all_modules_import_and_all_examples_of_serving_run(make_environment, stack, tmp_path):
    airflow = Airflow(make_environment("[loop]"), tmp_path, tmp_path / "plugins", settings_of(stack))
    shipped = [path for path in (ROOT / "plugins" / "nightloop").rglob("*.py") if path.parent.name != "nightloop"]
    assert int(airflow.run("-c", IMPORT_ALL).splitlines()[-1]) >= len(shipped)
    printed = airflow.run_examples(list(SERVING))
    for check in SERVING.values():
        check(printed, stack)
