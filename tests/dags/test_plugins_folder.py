"""Airflow takes each file of the plugins folder for a plugin, but for what .airflowignore names: one file is one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOOK = """
import json, sys
from pathlib import Path
from airflow import plugins_manager, settings

found, errors = plugins_manager._get_plugins()
folder = Path(settings.PLUGINS_FOLDER)
files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
ours = {name for name, file in files.items() if file and folder in Path(file).parents}
print(json.dumps({
    "folder": str(folder),
    "plugins": [plugin.name for plugin in found if str(getattr(plugin, "source", "")).find("PLUGINS_FOLDER") >= 0],
    "errors": errors,
    "bare": sorted(name for name in ours if name != "nightloop_plugin" and name.split(".")[0] != "nightloop"),
}))
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("air flow") / "my plugins"
    shutil.copytree(ROOT / "plugins", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("syntax", ["glob", "regexp"])
@pytest.mark.parametrize("place", ["the repository's", "a copy"])
def test_no_module_below_nightloop_is_imported_as_a_plugin(copied, tmp_path, syntax, place):
    folder = ROOT / "plugins" if place == "the repository's" else copied
    seen = look(folder, tmp_path, syntax)
    assert seen == {"folder": str(folder), "plugins": ["nightloop"], "errors": {}, "bare": []}


def test_without_the_file_modules_would_be_taken_for_plugins(copied, tmp_path):
    """What this test looks at is what the file prevents."""
    bare = tmp_path / "plugins"
    shutil.copytree(copied, bare)
    (bare / ".airflowignore").unlink()
    assert {"night", "dags"} <= set(look(bare, tmp_path, "glob")["bare"])


def look(folder, home, syntax):
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONPATH"))}
    environment = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder),
        "AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX": syntax,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
