"""docker-compose.yaml as Docker Compose reads it, and as YAML alone where there is no Docker Compose."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yaml"
HOW_TO_GET_ONE = (
    "Docker Compose 2.20 or newer is needed: https://docs.docker.com/engine/install (Debian 13: apt-get install "
    "docker.io docker-compose docker-buildx)"
)


@cache
def command() -> tuple[str, ...] | None:
    """Return the words that call Docker Compose 2.20 or newer, None where it is not installed."""
    for words in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(words[0]) is None:
            continue
        done = subprocess.run([*words, "version", "--short"], capture_output=True, text=True, check=False)
        version = re.match(r"v?(\d+)\.(\d+)", done.stdout)
        if done.returncode == 0 and version and (int(version[1]), int(version[2])) >= (2, 20):
            return words
    return None


def plain() -> dict[str, Any]:
    """Return the file with its anchors resolved; variables stay as they are written."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def make_env(folder: Path) -> Path:
    """Write the settings of a new server, with fresh secrets."""
    path = folder / "env"
    subprocess.run([ROOT / "deploy/compose/make-env.sh", path], check=True, capture_output=True)
    return path


def resolved(env: Path, *profiles: str) -> dict[str, Any]:
    """Return what Docker Compose makes of the file; AssertionError shows what it complains about."""
    words = command()
    assert words is not None
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    done = subprocess.run(
        [*words, "--env-file", env, *chosen, "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COMPOSE_PROFILES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    return content
