"""The generated pages of the reference are what the code gives, and the pages by hand name what it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tools.reference.__main__ import FOLDER, PAGES, main

if TYPE_CHECKING:
    from pathlib import Path

DOCS = FOLDER.parent
BY_HAND = sorted(page for page in DOCS.rglob("*.md") if not (page.parent == FOLDER and page.name in PAGES))


@pytest.fixture(scope="module")
def given() -> dict[str, str]:
    return {name: write() for name, write in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_gives(name: str, given: dict[str, str]) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == given[name], "run `make reference`"


def test_every_operator_and_sensor_of_the_dags_has_an_entry(given: dict[str, str]) -> None:
    factories = DOCS.parent / "plugins" / "nightloop" / "aws" / "dag_factory"
    tasks = "".join(path.read_text(encoding="utf-8") for path in factories.glob("*_tasks.py"))
    used = set(re.findall(r"^from nightloop\.\S+ import .*?(\w+(?:Operator|Sensor))\b", tasks, re.MULTILINE))
    assert len(used) >= 30
    assert not {name for name in used if f"### {name}\n" not in given["operators.md"]}


def test_arguments_have_their_meaning_and_their_template_mark(given: dict[str, str]) -> None:
    entry = given["operators.md"].split("### TrainOperator\n")[1].split("\n### ")[0]
    assert "| `cohort` *T* | `None` | What `BuildCohortOperator` returned, or `TrainingFiles`, with" in entry
    assert "| `settings` | required | How models of this loop are trained. |" in entry
    assert "| `cancel_on_kill` | `True` |" in entry, "arguments of the classes it is built on, too"
    assert "| `CapacityError` |" in entry


def test_errors_say_whether_a_task_is_tried_again(given: dict[str, str]) -> None:
    rows = {
        line.split("`")[1]: line.rsplit("|", 2)[1].strip()
        for line in given["errors.md"].splitlines()
        if line[:3] == "| `"
    }
    assert rows["CapacityError"] == "yes, first after 15 min"
    assert rows["ServiceFaultError"] == "yes, first after 1 min"
    assert rows["QuotaError"] == rows["JobFailedError"] == rows["ManifestError"] == "no"
    assert rows["UnknownHumanLoop"] == "404"


def test_keys_hold_names_and_no_example_of_a_digest(given: dict[str, str]) -> None:
    keys = re.findall(r"^\| `([^`]+)`", given["s3-files.md"], re.MULTILINE)
    assert "nights/{date}/receipt.json" in keys
    assert "normalised/{digest of uri}/{etag}.jpg" in keys
    assert not [key for key in keys if re.search(r"[0-9a-f]{16}", key)]


@pytest.mark.parametrize("page", BY_HAND, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_errors_named_by_hand_exist(page: Path, given: dict[str, str]) -> None:
    named = set(re.findall(r"`(\w+Error)`", page.read_text(encoding="utf-8")))
    assert not {name for name in named if f"| `{name}` |" not in given["errors.md"]}


def test_check_names_a_page_that_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.reference.__main__.FOLDER", tmp_path)
    monkeypatch.setattr("tools.reference.__main__.PAGES", {"one.md": lambda: "# One\n"})
    assert main(["--check"]) == 1
    assert "one.md is not what the code gives" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert (tmp_path / "one.md").read_text(encoding="utf-8") == "# One\n"
