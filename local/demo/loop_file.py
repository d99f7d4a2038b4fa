"""The demo's loop: the project's own file, run by hand and looked at more often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from local.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LOOP = "voc"
# Measured on the scenes: the first model is sure of about half the night, the next one of nearly all of it.
FIRST = {"learning_rate": 0.005, "mini_batch_size": 4, "epochs": 10}
INCREMENTAL = {"learning_rate": 0.003, "mini_batch_size": 8, "epochs": 20}
PROJECT_LOOP = ROOT / "include" / "loops" / f"{LOOP}.yaml"


def read_loop(path: Path = PROJECT_LOOP) -> dict[str, Any]:
    """Read a loop's file."""
    loop: dict[str, Any] = yaml.safe_load(path.read_text())
    return loop


def write_demo_loop(folder: Path) -> dict[str, Any]:
    """Write the demo's variant into a folder of loops and return it.

    No schedule: the demo's nights begin when it says so. Polling each three seconds: its reviewer needs no minutes.
    Hyperparameters for some 100 small images.
    """
    loop = read_loop()
    loop["schedule"] = None
    loop["review"]["poll_seconds"] = 3
    loop["training"]["first"] |= FIRST
    loop["training"]["incremental"] |= INCREMENTAL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{LOOP}.yaml").write_text(yaml.safe_dump(loop, sort_keys=False))
    return loop
