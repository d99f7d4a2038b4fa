"""How much memory a process holds, measured in a process that does nothing else."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def present_mb() -> float:
    """Return what this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_mb() -> float:
    """Return the most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def forget_peak() -> None:
    """Let `peak_since_mb` begin anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_since_mb() -> float:
    """Return the most this process held since `forget_peak`."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return kilobytes * 1024 / 1e6


def in_a_process(module: str, *arguments: Any) -> dict[str, Any]:
    """Run a module by itself with JSON arguments; return the JSON object on its last line."""
    command = [sys.executable, "-m", module, json.dumps(arguments)]
    paths = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
