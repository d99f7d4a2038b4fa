"""What `pip install .` declares: dependencies, and what Airflow's provider manager reads."""

from __future__ import annotations

import importlib
import json
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement

import nightloop
from nightloop import plugin

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = {"numpy", "pandas", "pillow", "hotcoco", "great-expectations"}


def test_requirements_txt_is_the_distribution_with_its_extra() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = {Requirement(line) for line in lines if line and not line.startswith("#")}
    assert listed == {Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["loop"]}


def test_only_the_extra_asks_for_numpy_and_its_like() -> None:
    assert not HEAVY & {Requirement(line).name for line in PROJECT["dependencies"]}
    assert {Requirement(line).name for line in PROJECT["optional-dependencies"]["loop"]} >= HEAVY


def test_airflow_accepts_the_provider_info() -> None:
    schema = distribution("apache-airflow-core").locate_file("airflow/provider_info.schema.json")
    jsonschema.validate(nightloop.get_provider_info(), json.loads(Path(str(schema)).read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", ["hooks", "operators", "sensors", "triggers"])
def test_every_module_of_the_provider_info_is_there(kind) -> None:
    modules = nightloop.get_provider_info()[kind][0]["python-modules"]
    assert len(modules) > 1
    for module in modules:
        importlib.import_module(module)


def test_every_link_is_registered() -> None:
    from airflow.sdk import BaseOperatorLink

    for path in sorted((ROOT / "plugins/nightloop/aws/links").glob("[!_]*.py")):
        importlib.import_module(f"nightloop.aws.links.{path.stem}")
    links = [link for link in descendants(BaseOperatorLink) if link.__module__.startswith("nightloop.")]
    assert {type(link) for link in plugin.NightloopPlugin.operator_extra_links} == {
        link for link in links if isinstance(vars(link).get("name"), str)
    }


def descendants(cls: type) -> list[type]:
    return [found for child in cls.__subclasses__() for found in (child, *descendants(child))]
