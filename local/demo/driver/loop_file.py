"""The demo's loop: the project's own file, run by hand and polled more often."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import yaml

from local.config.settings import ROOT
from local.demo.images.dataset import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

LOOP = "voc"
PROJECT_LOOP = ROOT / "include" / "loops" / f"{LOOP}.yaml"
SCHEMA = PROJECT_LOOP.with_name("schema.json")


def read_loop(path: Path = PROJECT_LOOP) -> dict[str, Any]:
    """Read a loop's file."""
    loop: dict[str, Any] = yaml.safe_load(path.read_text())
    return loop


def write_demo_loop(folder: Path, events_queue_url: str, classes: tuple[str, ...] = CLASSES) -> dict[str, Any]:
    """Write the demo's variant into a folder of loops and return it.

    It has no schedule, because the demo starts its nights. It polls every three seconds, because the scripted reviewer
    is fast. Its classes are those of the images. The new model is not watched for minutes while it takes over, because
    nobody else uses the endpoint meanwhile.
    """
    loop = read_loop()
    loop["schedule"] = None
    loop["classes"] = list(classes)
    loop["review"] |= {"poll_seconds": 3, "events_queue_url": events_queue_url}
    loop["promotion"] |= {"canary_seconds": 0, "bake_seconds": 0}
    folder.mkdir(parents=True, exist_ok=True)
    schema = f"# yaml-language-server: $schema={os.path.relpath(SCHEMA, folder)}\n"
    (folder / f"{LOOP}.yaml").write_text(schema + yaml.safe_dump(loop, sort_keys=False))
    return loop
