"""Where SageMaker puts things: the `/opt/ml` folders of the container contract."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """The folders under one base, which is `$SAGEMAKER_BASE_DIR` or `/opt/ml`."""

    base: Path

    @classmethod
    def from_environment(cls) -> "Folders":
        """Read `SAGEMAKER_BASE_DIR`, the variable of SageMaker's own training toolkit."""
        return cls(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")))

    @property
    def config(self) -> Path:
        """hyperparameters.json, inputdataconfig.json, resourceconfig.json."""
        return self.base / "input" / "config"

    @property
    def data(self) -> Path:
        """One folder a File channel, one FIFO a Pipe channel and epoch."""
        return self.base / "input" / "data"

    @property
    def model(self) -> Path:
        """The artefact: the content of model.tar.gz."""
        return self.base / "model"

    @property
    def failure(self) -> Path:
        """Why the job failed, in a sentence."""
        return self.base / "output" / "failure"


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file, then rename: a reader sees the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.parent / f".{path.name}.{os.getpid()}"
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
