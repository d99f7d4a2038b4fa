"""What the application serves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

API = Path(__file__).parents[5] / "services" / "sagemaker" / "api"
# In a process of its own: an import of another test registers operations too.
LIST_HANDLERS = """
import services.sagemaker.server.app
from services.sagemaker.api.operations import control, runtime
print(*sorted({handler.__module__ for table in (control, runtime) for handler in table.handlers.values()}), sep="\\n")
"""


def test_every_file_of_operations_is_served():
    files = {f"services.sagemaker.api.{path.stem}" for path in API.glob("*.py") if ".implements(" in path.read_text()}
    listed = subprocess.run([sys.executable, "-c", LIST_HANDLERS], capture_output=True, text=True, check=True).stdout
    assert set(listed.split()) == files
    assert "services.sagemaker.api.training_jobs" in files
