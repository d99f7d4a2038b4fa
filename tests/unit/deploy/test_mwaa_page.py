"""The page on MWAA says which Airflow MWAA has; AWS's SDK knows."""

from __future__ import annotations

import re

from botocore.session import Session
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.support.manifests import ROOT

PAGE = ROOT / "docs" / "how-to" / "run-on-mwaa-or-astronomer.md"


def test_the_page_names_the_newest_airflow_of_mwaa():
    shape = Session().get_service_model("mwaa").operation_model("CreateEnvironment").input_shape
    offered = re.findall(r"<code>(\d+\.\d+\.\d+)</code>", shape.members["AirflowVersion"].documentation)
    newest = max(map(Version, offered))
    assert f"names {newest} as the newest version" in PAGE.read_text()
    (ours,) = re.findall(r"^apache-airflow([<>=].*)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert newest not in SpecifierSet(ours), "MWAA has a version that Nightloop runs on: say so on the page, and try it"
