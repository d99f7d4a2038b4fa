"""Kubernetes' objects as `kubectl apply` would send them, and Kubernetes' own schemas; no cluster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy" / "kubernetes"
VERSIONS = ("1.31", "1.37")
"""Of Kubernetes: the oldest and the newest that the documentation names."""

Object = dict[str, Any]


def build(folder: Path) -> list[Object]:
    """Build a kustomization with kubectl."""
    command = [str(Path(sys.executable).with_name("kubectl")), "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def check(thing: Object, version: str) -> None:
    """Raise `kubernetes_validate.ValidationError` unless Kubernetes takes it; an unknown field is refused."""
    kubernetes_validate.validate(thing, version, strict=True)


def of_kind(things: list[Object], kind: str) -> list[Object]:
    return [thing for thing in things if thing["kind"] == kind]


def pod_of(thing: Object) -> Object:
    """Return the pod template of a Deployment or a Job."""
    return thing["spec"]["template"]


def containers_of(pod: Object) -> list[Object]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def selects(selector: dict[str, str], pod: Object) -> bool:
    return selector.items() <= pod["metadata"]["labels"].items()
