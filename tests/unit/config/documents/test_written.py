"""What is written from the models is what the repository holds, and editors refuse by it what the loader refuses."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from nightloop.config.documents.reference import reference_page
from nightloop.config.schema.loop_schema import loop_schema, resolved, schema_text

ROOT = Path(__file__).resolve().parents[4]
LOOP: dict[str, Any] = yaml.safe_load((ROOT / "include/loops/voc.yaml").read_text())


@pytest.mark.parametrize(
    ("name", "written"), [("include/loops/schema.json", schema_text), ("docs/reference/loop-file.md", reference_page)]
)
def test_the_repository_holds_what_the_models_say(name, written):
    assert (ROOT / name).read_text() == written(), "run PYTHONPATH=plugins python -m nightloop.config.documents"


def test_the_shipped_loop_names_its_schema_and_keeps_to_it():
    first = (ROOT / "include/loops/voc.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema.json"
    jsonschema.Draft7Validator.check_schema(loop_schema())
    jsonschema.Draft7Validator(loop_schema()).validate(LOOP)


WRONG = [
    ("gate", {"colour": 1}),
    ("seed", {"manifest": "s3://bucket/seed"}),
    ("limits", {"max_unscored_share": 2}),
    ("scoring", {"concurrency": "4"}),
    ("bucket", "No_Bucket"),
    ("classes", []),
    ("attribute", "boxes-metadata"),
    ("training", LOOP["training"] | {"input_mode": "Tube"}),
    ("training", LOOP["training"] | {"first": {"num_classes": 20}}),
    ("training", LOOP["training"] | {"first": {"learning_rate": 0}}),
    ("notify", {"owners": [{"via": "fax"}]}),
    ("schedule", 5),
    ("title", "no such key"),
]


@pytest.mark.parametrize(("key", "value"), WRONG, ids=[f"{key}={str(value)[:40]}" for key, value in WRONG])
def test_an_editor_refuses(key, value):
    loop = deepcopy(LOOP) | {key: value}
    assert not jsonschema.Draft7Validator(loop_schema()).is_valid(loop)


def settings_of(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    sections = [schema, *schema["definitions"].values()]
    return [(name, resolved(setting)) for section in sections for name, setting in section["properties"].items()]


def test_every_setting_says_what_it_is_for():
    settings = settings_of(loop_schema())
    assert [name for name, setting in settings if not setting.get("description", "").endswith(".")] == []
    page = reference_page()
    assert [name for name, _ in settings if f"| `{name}` |" not in page] == []
